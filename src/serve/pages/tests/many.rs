//! Much of something: long entries, many steps and sessions, names that several have.

use super::Site;
use serde_json::json;

/// Writes the record of a session.
fn write_record(site: &Site, project: &str, id: &str, body: &str) {
    let (day, time) = id.split_once('-').expect("an id");
    let started = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &day[..4],
        &day[4..6],
        &day[6..],
        &time[..2],
        &time[2..4],
        &time[4..6]
    );
    let text = format!(
        "---\ntitle: {project} {id}\ntags:\n  - {project}\n  - sessions\nsession: {id}\nproject: {project}\n\
         status: ended\nstarted: '{started}'\nended: '{started}'\ndirectories:\n  - ~/{project}\n---\n\n\
         ## Session: {id}\n\n**Directory:** ~/{project}\n**Duration:** 0m\n\n{body}\
         ### Resume Prompt\n\n> Last session: Built {project}.\n"
    );
    site.write_file(&format!("session_logs/{project}/{id}.md"), &text);
}

#[test]
fn a_section_of_any_length_is_shown_to_its_end() {
    let site = Site::new();
    let items: String = (0..30_000)
        .map(|number| format!("- item {number} **b**\n"))
        .collect();
    site.write_file("list.md", &format!("# List\n\n{items}"));
    let first = site.page("/entry/list.md");
    assert!(
        first.contains("Part 1 of 8") && first.contains(">item 0 <"),
        "{}",
        first.len()
    );
    let part = site.page("/entry/list.md?line=20003");
    assert!(part.contains("item 20000 <strong>b</strong>"));
    let last = site.page("/entry/list.md?line=30002");
    assert!(last.contains("Part 8 of 8") && last.contains("item 29999 <strong>b</strong>"));

    let rows = "| c | d |\n".repeat(9_000);
    site.write_file(
        "table.md",
        &format!("# Table\n\n| a | b |\n|---|---|\n{rows}"),
    );
    let part = site.page("/entry/table.md?line=8000");
    assert!(part.contains("<th scope=\"col\">a</th>") && part.contains("<td>c</td>"));

    site.write_file(
        "line.md",
        &format!("# Line\n\n{}end\n", "word ".repeat(100_000)),
    );
    let first = site.page("/entry/line.md?line=3");
    assert!(first.contains("Part 1 of 3") && first.contains("/entry/line.md?part=2"));
    let last = site.page("/entry/line.md?part=3");
    assert!(last.contains("Part 3 of 3") && last.contains("word end"));
}

#[test]
fn links_defined_in_another_part_lead_there() {
    let site = Site::new();
    let text = "word [x][far]\n\n".repeat(20_000);
    site.write_file(
        "far.md",
        &format!("# Far\n\n{text}[far]: https://a.example/far\n"),
    );
    let page = site.page("/entry/far.md");
    assert!(page.contains("Part 1 of"));
    assert!(page.contains("href=\"https://a.example/far\""));
}

#[test]
fn sessions_of_one_id_are_offered_and_moved_ones_found() {
    let site = Site::new();
    write_record(&site, "my-api", "20260110-090000", "");
    write_record(&site, "web-app", "20260110-090000", "");
    write_record(&site, "renamed", "20260109-090000", "");
    for address in [
        "/session/20260110-090000",
        "/session/20260110-090000?project=former",
        "/entry/session_logs/former/20260110-090000.md",
    ] {
        let reply = site.ask(address, true);
        let page = String::from_utf8(reply.body).expect("UTF-8");
        assert_eq!(reply.status, 300, "{address}\n{page}");
        for project in ["my-api", "web-app"] {
            let link = format!("href=\"/session/20260110-090000?project={project}\"");
            assert!(page.contains(&link), "{address}\n{page}");
        }
    }
    let moved = site.ask("/entry/session_logs/former/20260109-090000.md", true);
    let session = ("location", "/session/20260109-090000".to_owned());
    assert_eq!((moved.status, moved.headers), (303, vec![session]));
    assert!(
        site.page("/session/20260109-090000?project=former")
            .contains("Built renamed")
    );
    assert_eq!(site.ask("/session/20260101-000000", true).status, 404);
}

#[test]
fn a_renamed_project_is_found_by_its_former_names() {
    let site = Site::new();
    write_record(&site, "my-api", "20260110-090000", "");
    site.write_file("plan.md", "---\nproject: my-api\n---\n\n# Plan\n\nLamps.\n");
    for (old, new) in [("my-api", "renamed-api"), ("renamed-api", "api")] {
        site.run(json!({"command": "project_rename", "old": old, "new": new}));
    }
    for name in ["my-api", "renamed-api", "api"] {
        let page = site.page(&format!("/project?name={name}"));
        assert!(page.contains("<h1>api</h1>"), "{page}");
        assert!(
            page.contains("/session/20260110-090000?project=api"),
            "{page}"
        );
    }
    write_record(&site, "my-api", "20260111-090000", "");
    assert!(
        site.page("/project?name=my-api")
            .contains("<h1>my-api</h1>")
    );
    assert_eq!(site.ask("/project?name=never", true).status, 404);
}

#[test]
fn long_lists_say_what_is_left_out_and_lead_there() {
    let site = Site::new();
    for number in 0..45 {
        let steps = (0..5).map(|step| format!("- [ ] step {number} {step}\n"));
        let steps: String = steps.collect();
        let decision = format!(
            "### Decisions Log\n\n| Decision | Rationale |\n|---|---|\n| No chairs {number} | a |\n| No beds {number} | b |\n\n"
        );
        let body = format!("{decision}### Next Steps\n\n{steps}\n");
        write_record(&site, "shop", &format!("20260110-0900{number:02}"), &body);
    }
    site.write_file("plan.md", "---\nproject: shop\n---\n\n# Plan\n\nLamps.\n");
    let page = site.page("/project?name=shop");
    for part in [
        "45 sessions · 1 entry",
        "205 more",
        "/project?name=shop&amp;steps=all\">All 225<",
        "/project?name=shop&amp;sessions=all\">15 earlier sessions<",
        "/project?name=shop&amp;decisions=all\">30 earlier decisions<",
        "href=\"/entry/plan.md\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(
        !page.contains("href=\"/entry/session_logs"),
        "records are no entries here"
    );
    assert_eq!(page.matches("class=\"step\"").count(), 120);
    let all = site.page("/project?name=shop&steps=all&sessions=all&decisions=all");
    assert_eq!(all.matches("class=\"step\"").count(), 225);
    assert!(all.contains("No chairs 0<") && !all.contains("earlier"));
    assert!(all.contains("/session/20260110-090000?"));
    let today = site.page("/");
    assert_eq!(today.matches("class=\"step\"").count(), 108);
    assert!(today.contains("/?steps=all"));
    let facets = site.page("/search?tag=sessions");
    assert!(facets.contains("45 entries"), "{facets}");
}

#[test]
fn a_long_progress_shows_its_end_and_names_the_record() {
    let site = Site::new();
    let rows: String = (0..3_000)
        .map(|row| format!("| 09:00 | Row {row} |\n"))
        .collect();
    let body = format!("### Progress Log\n\n| Time | Event |\n|------|-------|\n{rows}\n");
    write_record(&site, "shop", "20260110-090000", &body);
    let page = site.page("/session/20260110-090000?project=shop");
    assert!(page.contains("Row 2999<") && !page.contains("Row 2000<"));
    assert!(page.contains("2,500 earlier rows are in the record"));
}

#[test]
fn the_last_word_may_be_a_beginning() {
    let site = Site::new();
    site.write_file(
        "a.md",
        "# Limiter\n\nA rate limiter for the sign-in with oauth.\n",
    );
    site.write_file("b.md", "# Other\n\nNothing of that sort.\n");
    for query in ["lim", "limi", "oaut", "rate lim", "rate limiter"] {
        let page = site.page(&format!("/search?q={query}"));
        assert!(page.contains(">1 entry<"), "{query}\n{page}");
        assert!(page.contains("<mark>"), "{query}\n{page}");
    }
    for query in ["zzz", "\"rate lim", "lim\" x", "x OR"] {
        site.page(&format!("/search?q={query}"));
    }
    assert!(site.page("/search?q=xqz").contains("Nothing found"));
}

#[test]
fn newest_first_tells_truly_whether_something_holds_all_words() {
    let site = Site::new();
    site.write_file(
        "both.md",
        "# Both\n\n## 2026-01-01 09:00 UTC\n\ncontract storage\n",
    );
    site.write_file("new.md", "# New\n\n## 2026-01-10 09:00 UTC\n\na contract\n");
    for sort in ["", "&sort=time"] {
        let page = site.page(&format!("/search?q=contract storage{sort}"));
        assert!(!page.contains("nothing holds all words"), "{page}");
    }
    let none = site.page("/search?q=contract storage project:none&sort=time");
    assert!(!none.contains("comes first"), "{none}");
}

#[test]
fn earlier_days_show_nothing_that_came_later() {
    let site = Site::new();
    site.write_file("new.md", "---\nupdated: 2026-01-10\n---\n\n# New\n\nx\n");
    site.write_file("old.md", "---\nupdated: 2025-11-10\n---\n\n# Old\n\nx\n");
    let page = site.page("/?until=2025-11-20");
    assert!(page.contains(">Old<") && !page.contains(">New<"), "{page}");
    assert!(!site.page("/?until=0001-01-01").contains(">Old<"));
}

#[test]
fn long_titles_are_cut_and_names_cannot_turn_around() {
    let site = Site::new();
    let title = "long ".repeat(200);
    site.write_file("long.md", &format!("# {title}\n\nunique\n"));
    for address in ["/entry/long.md", "/search?q=unique", "/"] {
        let page = site.page(address);
        assert!(!page.contains(title.trim()), "{address}");
    }
    site.write_file(
        "rtl\u{202e}evil.md",
        "# Turned \u{2066}\u{202e}around\n\nspecial\n",
    );
    for address in ["/entry/rtl\u{202e}evil.md", "/search?q=special", "/"] {
        let page = site.page(address);
        let turned = page.contains(['\u{202e}', '\u{2066}']);
        assert!(!turned, "{address}\n{page}");
    }
}

#[test]
fn health_links_only_to_what_is_there() {
    let site = Site::new();
    write_record(&site, "shop", "20260110-090000", "");
    site.write_file(
        "broken.md",
        "---\ntags: [a\n---\n\n# Broken\n\n[[nowhere]]\n",
    );
    site.run(json!({"command": "log", "action": "start", "goal": "x", "project": "shop"}));
    let page = site.page("/health");
    let mut lines = 0;
    for link in page.split("href=\"/entry/").skip(1) {
        let link = link.split('"').next().expect("an address");
        let (address, line) = link.split_once('#').unwrap_or((link, ""));
        let shown = site.page(&format!("/entry/{address}"));
        if !line.is_empty() {
            assert!(shown.contains(&format!("id=\"{line}\"")), "{link}\n{shown}");
            lines += 1;
        }
    }
    assert!(lines > 0, "{page}");
}

#[test]
fn a_whole_id_is_not_the_beginning_of_another() {
    let site = Site::new();
    write_record(&site, "shop", "20260110-090000", "");
    write_record(&site, "shop", "20260110-090000-2", "");
    write_record(&site, "api", "20260110-090000", "");
    let page = site.ask("/session/20260110-090000", false);
    let page = String::from_utf8_lossy(&page.body).into_owned();
    assert!(
        page.contains("2 sessions are called 20260110-090000"),
        "{page}"
    );
    assert!(!page.contains("20260110-090000-2"), "{page}");
    let day = site.ask("/session/20260110", false);
    let day = String::from_utf8_lossy(&day.body).into_owned();
    assert!(day.contains("3 sessions are called 20260110"), "{day}");
}
