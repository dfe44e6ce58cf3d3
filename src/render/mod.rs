//! A [`Response`] as text for people, or as JSON for programs.
//!
//! Enter by [`text`] and [`json`]; failures are told by [`error`]. What files say never reaches a
//! terminal as an escape sequence: see [`clean`].

pub mod clean;
mod context;
mod doctor;
mod entries;
mod failure;
mod get;
mod import;
mod info;
mod install;
mod keep;
mod log;
mod open_work;
mod palette;
mod project;
mod projects;
mod recent;
mod report;
mod search;

pub use failure::{error, error_json, note, warning};
pub use palette::Palette;

use crate::ops::Response;
use std::io::{self, Write};

/// How text is to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Whether there are colours.
    pub colour: bool,
    /// Whether the text goes to a terminal, which would act on control characters.
    pub terminal: bool,
    /// Whether search results are paths only.
    pub terse: bool,
}

/// Writes a response as text.
///
/// # Errors
///
/// If the text cannot be written, or the bytes of an entry cannot be read.
pub fn text(response: Response, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let palette = Palette::new(style.colour);
    match response {
        Response::SessionLog(log) => {
            let path = clean::line(&log.path);
            writeln!(out, "Logged to: {path} ({})", log.action.name())
        }
        Response::Search(found) if style.terse => search::terse(&found, out),
        Response::Search(found) => search::full(&found, style, &palette, out),
        Response::Get(got) => get::content(&got.content, style, out),
        Response::GetMetadata(metadata) => get::metadata(&metadata, &palette, out),
        Response::Raw(raw) => get::raw(raw, style, out),
        Response::List(list) => entries::list(&list, &palette, out),
        Response::Tags(tags) => entries::tags(&tags, &palette, out),
        Response::Recent(recent) => recent::write_recent(&recent, &palette, out),
        Response::Projects(list) => projects::write_projects(&list, &palette, out),
        Response::Report(report) => report::write_report(&report, out),
        Response::LogStart(start) => log::start(&start, out),
        Response::LogRow(row) => log::row(&row, out),
        Response::LogUpdate(update) => log::update(&update, out),
        Response::LogEnd(end) => log::end(&end, out),
        Response::LogStatus(status) => log::status(&status, &palette, out),
        Response::LogList(list) => log::list(&list, &palette, out),
        Response::LogShow(shown) => get::content(&shown.content, style, out),
        Response::LogIndex(index) => log::index(&index, out),
        Response::Next(next) => open_work::next(&next, &palette, out),
        Response::NextDone(done) => open_work::next_done(&done, out),
        Response::Decisions(found) => open_work::decisions(&found, &palette, out),
        Response::Resume(resume) => log::text(&resume.text, out),
        Response::Prime(prime) => log::text(&prime.text, out),
        Response::Import(import) => import::import(&import, out),
        Response::Info(info) => info::info(&info, out),
        Response::Index(index) => keep::index(&index, out),
        Response::IndexCheck(check) => keep::index_check(&check, out),
        Response::Init(init) => keep::init(&init, out),
        Response::ContextShow(context) => context::show(&context, out),
        Response::ContextInit(context) => context::init(&context, out),
        Response::ContextValidate(context) => context::validate(&context, &palette, out),
        Response::ContextTrust(context) => context::trust(&context, out),
        Response::ProjectRename(renamed) => project::rename(&renamed, out),
        Response::Doctor(doctor) => doctor::doctor(&doctor, &palette, out),
        Response::Install(done) => install::install(&done, style, &palette, out),
    }
}

/// Writes a response as one line of JSON, whose shape is in `schema/`.
///
/// # Errors
///
/// If the line cannot be written.
pub fn json(response: &Response, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, response)?;
    writeln!(out)
}

/// Returns what is to be said beside the text of a response: how the answer came about, and what
/// it leaves out. JSON says it in its fields.
pub fn remarks(response: &Response) -> Vec<String> {
    match response {
        Response::Search(found) => search::remarks(found),
        Response::List(list) => entries::list_remarks(list),
        Response::Tags(tags) => entries::tags_remarks(tags),
        Response::Recent(recent) => recent::recent_remarks(recent),
        Response::Projects(list) => projects::projects_remarks(list),
        Response::Report(report) => report::report_remarks(report),
        Response::LogList(list) => log::list_remarks(list),
        Response::Next(next) => next.notes.clone(),
        Response::Decisions(found) => open_work::decisions_remarks(found),
        Response::Resume(resume) => log::resume_remarks(resume),
        Response::Install(done) => install::remarks(done),
        Response::Info(info) => stale(info.stale).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn stale(stale: bool) -> Option<String> {
    let text = "the answer may miss the latest changes: the index could not be brought up to date";
    stale.then(|| text.to_owned())
}

/// Returns a number with the noun in its right form.
fn count(number: u64, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

/// Returns a size for people: `512 bytes`, `1.2 MB`.
fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return count(bytes, "byte", "bytes");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = "kB";
    for larger in ["MB", "GB", "TB"] {
        if value >= 999.95 {
            value /= 1000.0;
            unit = larger;
        }
    }
    format!("{value:.1} {unit}")
}

/// Writes tags as `  #a #b`; nothing if there are none.
fn tags(tags: &[String], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let style = palette.tag;
    for (index, name) in tags.iter().enumerate() {
        let gap = if index == 0 { "  " } else { " " };
        write!(out, "{gap}{style}#{}{style:#}", clean::line(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_one_digit() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (35_000_000, "35.0 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
