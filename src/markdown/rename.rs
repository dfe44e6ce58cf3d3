//! Giving the project of an entry another name, touching nothing else.

use super::front_matter::FrontMatterBlock;
use super::lines::lines_from;
use super::session_entry::yaml_scalar;
use super::tags::tag_from_words;
use super::yaml::{Value, mapping};
use crate::model::is_same_name;

/// Returns the text of an entry that belongs to the project `new` instead of `old`: in its front
/// matter, `project`, the beginning of the title, and the project's own tag. `None` if it says so
/// already.
pub(crate) fn rename_project(text: &str, old: &str, new: &str) -> Option<String> {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let key = format!("project: {}{newline}", yaml_scalar(new));
    let block = FrontMatterBlock::find(text, start);
    let readable =
        block.filter(|block| block.end.is_some() && mapping(&text[block.yaml.clone()]).is_ok());
    let Some(block) = readable else {
        let (mark, rest) = text.split_at(start);
        return Some(format!(
            "{mark}---{newline}{key}---{newline}{newline}{rest}"
        ));
    };
    let mut yaml = String::new();
    let mut has_project = false;
    for range in lines_from(&text[..block.yaml.end], block.yaml.start) {
        let line = &text[range];
        let is_project = line.starts_with("project:");
        has_project |= is_project;
        if is_project {
            yaml += &key;
        } else {
            yaml += &rename_in_line(line, old, new, newline);
        }
    }
    if !has_project {
        yaml += &key;
    }
    let renamed = format!(
        "{}{yaml}{}",
        &text[..block.yaml.start],
        &text[block.yaml.end..]
    );
    (renamed != text).then_some(renamed)
}

/// Renames the project in the line of a title or of a tag.
fn rename_in_line(line: &str, old: &str, new: &str, newline: &str) -> String {
    let value = |line: &str| match mapping(line).ok()?.fields.into_iter().next()?.value {
        Value::Scalar(text) => Some(text),
        _ => None,
    };
    if line.starts_with("title:")
        && let Some(title) = value(line)
        && let Some(rest) = strip_project(&title, old)
    {
        return format!("title: {}{newline}", yaml_scalar(&format!("{new}{rest}")));
    }
    let tag = |name: &str| tag_from_words(&name.to_lowercase());
    let item = line
        .trim()
        .strip_prefix("- ")
        .map(|item| item.trim_matches(['\'', '"']));
    match (item, tag(old), tag(new)) {
        (Some(item), Some(old), Some(new)) if is_same_name(item, old.as_str()) => {
            let indent = &line[..line.len() - line.trim_start().len()];
            format!("{indent}- {}{newline}", yaml_scalar(new.as_str()))
        }
        _ => line.to_owned(),
    }
}

/// Returns what stands in a title behind the name of a project.
fn strip_project<'a>(title: &'a str, project: &str) -> Option<&'a str> {
    let ends = title.match_indices([' ', ':']);
    let is_name = |at: &usize| is_same_name(&title[..*at], project);
    let end = ends.map(|(at, _)| at).find(is_name)?;
    Some(&title[end..])
}

/// Returns the text of a `.kbcontext` with another project. `None` if it names none.
pub(crate) fn rename_context_project(text: &str, new: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = lines_from(text, 0).find(|line| text[line.clone()].starts_with("project:"))?;
    let key = format!("project: {}{newline}", yaml_scalar(new));
    Some(format!("{}{key}{}", &text[..line.start], &text[line.end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_the_project_changes() {
        let old = "---\n# mine\ntitle: 'Shop Sessions'\ntags:\n  - shop\n  - sessions\nx: Shop\n---\n\nShop\n";
        let new = "---\n# mine\ntitle: My Store Sessions\ntags:\n  - my-store\n  - sessions\nx: Shop\n\
                   project: My Store\n---\n\nShop\n";
        assert_eq!(
            rename_project(old, "Shop", "My Store").as_deref(),
            Some(new)
        );
        assert_eq!(rename_project(new, "Shop", "My Store"), None);
        let record = "---\r\ntitle: 'shop: Done'\r\nproject: shop\r\n---\r\n";
        let renamed = "---\r\ntitle: 'store: Done'\r\nproject: store\r\n---\r\n";
        assert_eq!(
            rename_project(record, "shop", "store").as_deref(),
            Some(renamed)
        );
        let plain = rename_project("text\n", "shop", "store");
        assert_eq!(plain.as_deref(), Some("---\nproject: store\n---\n\ntext\n"));
        let context = rename_context_project("# x\nproject: shop # y\nprimary: p\n", "store");
        assert_eq!(
            context.as_deref(),
            Some("# x\nproject: store\nprimary: p\n")
        );
    }
}
