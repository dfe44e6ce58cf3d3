//! A [`Response`] as text for people, or as JSON for programs.
//!
//! Enter by [`render_text`] and [`render_json`]; failures are written by [`render_error`]. What
//! files say never reaches a terminal as an escape sequence: see [`clean`].

pub mod clean;
mod context;
mod doctor;
mod entries;
mod failure;
mod get;
mod import;
mod index;
mod info;
mod init;
mod install;
mod log;
mod open_work;
mod palette;
mod project;
mod projects;
mod recent;
mod report;
mod search;

pub use failure::{error_json, render_error, render_note, render_warning};
pub use palette::Palette;

use crate::error::HintSpelling;
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
    /// How the front door spells what to do next.
    pub spelling: HintSpelling,
}

/// Writes a response as text.
///
/// # Errors
///
/// If the text cannot be written, or the bytes of an entry cannot be read.
pub fn render_text(response: Response, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let palette = Palette::new(style.colour);
    let spelling = style.spelling;
    match response {
        Response::SessionLog(log) => {
            let path = clean::clean_line(&log.path);
            writeln!(out, "Logged to: {path} ({})", log.action.name())
        }
        Response::Search(found) if style.terse => search::render_terse(&found, out),
        Response::Search(found) => search::render_full(&found, style, &palette, out),
        Response::Get(got) => get::render_entry_content(&got.content, style, out),
        Response::GetMetadata(metadata) => get::render_metadata(&metadata, &palette, out),
        Response::Raw(raw) => get::render_raw(raw, style, out),
        Response::List(list) => entries::render_list(&list, &palette, out),
        Response::Tags(tags) => entries::render_tag_counts(&tags, &palette, out),
        Response::Recent(recent) => recent::render_recent(&recent, &palette, out),
        Response::Projects(list) => projects::render_projects(&list, &palette, out),
        Response::Report(report) => report::render_report(&report, spelling, out),
        // No command asks for these: they are for programs and pages.
        Response::Activity(_) | Response::Links(_) | Response::ProjectOverview(_) => {
            render_json(&response, out)
        }
        Response::LogStart(start) => log::render_start(&start, spelling, out),
        Response::LogRow(row) => log::render_row(&row, out),
        Response::LogUpdate(update) => log::render_update(&update, spelling, out),
        Response::LogEnd(end) => log::render_end(&end, spelling, out),
        Response::LogStatus(status) => log::render_status(&status, spelling, &palette, out),
        Response::LogList(list) => log::render_sessions(&list, spelling, &palette, out),
        Response::LogShow(shown) => get::render_entry_content(&shown.content, style, out),
        Response::LogIndex(index) => log::render_log_index(&index, out),
        Response::Next(next) => open_work::render_next(&next, spelling, &palette, out),
        Response::NextDone(done) => open_work::render_next_done(&done, out),
        Response::NextUndo(undone) => open_work::render_next_undo(&undone, out),
        Response::Decisions(found) => open_work::render_decisions(&found, &palette, out),
        Response::Resume(resume) => log::write_text(&resume.text, out),
        Response::Prime(prime) => log::write_text(&prime.text, out),
        Response::Import(import) => import::render_import(&import, out),
        Response::Info(info) => info::render_info(&info, out),
        Response::Index(done) => index::render_index(&done, out),
        Response::IndexCheck(check) => index::index_check(&check, out),
        Response::Init(made) => init::render_init(&made, out),
        Response::ContextShow(context) => context::render_context(&context, spelling, out),
        Response::ContextInit(context) => context::render_context_init(&context, out),
        Response::ContextValidate(context) => {
            context::render_context_validate(&context, &palette, out)
        }
        Response::ContextTrust(context) => context::render_context_trust(&context, out),
        Response::ProjectRename(renamed) => project::render_project_rename(&renamed, out),
        Response::Doctor(doctor) => doctor::render_doctor(&doctor, spelling, &palette, out),
        Response::Install(done) => install::render_install(&done, style, &palette, out),
    }
}

/// Writes a response as one line of JSON, whose shape is in `schema/`.
///
/// # Errors
///
/// If the line cannot be written.
pub fn render_json(response: &Response, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, response)?;
    writeln!(out)
}

/// Returns the remarks beside the text of a response: how the answer came about, and what
/// it leaves out. JSON says it in its fields.
pub fn response_remarks(response: &Response, spelling: HintSpelling) -> Vec<String> {
    match response {
        Response::Search(found) => search::search_remarks(found),
        Response::List(list) => entries::list_remarks(list),
        Response::Tags(tags) => entries::tags_remarks(tags),
        Response::Recent(recent) => recent::recent_remarks(recent),
        Response::Projects(list) => projects::projects_remarks(list),
        Response::Report(report) => report::report_remarks(report, spelling),
        Response::LogList(list) => log::list_remarks(list),
        Response::Next(next) => next.notes.clone(),
        Response::Decisions(found) => open_work::decisions_remarks(found, spelling),
        Response::Resume(resume) => log::resume_remarks(resume),
        Response::Install(done) => install::install_remarks(done),
        Response::Info(info) => stale_remark(info.stale).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn stale_remark(stale: bool) -> Option<String> {
    let text = "the answer may miss the latest changes: the index could not be brought up to date";
    stale.then(|| text.to_owned())
}

/// Returns a number with the noun in its right form.
fn count_of(number: u64, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

/// Returns a size for people: `512 bytes`, `1.2 MB`.
fn shown_size(bytes: u64) -> String {
    if bytes < 1000 {
        return count_of(bytes, "byte", "bytes");
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
fn write_tags(tags: &[String], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let style = palette.tag;
    for (index, name) in tags.iter().enumerate() {
        let gap = if index == 0 { "  " } else { " " };
        write!(out, "{gap}{style}#{}{style:#}", clean::clean_line(name))?;
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
            assert_eq!(shown_size(bytes), text);
        }
    }
}
