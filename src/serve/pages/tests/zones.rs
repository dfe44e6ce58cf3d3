//! Every page shows times as a clock in the zone of the knowledge base does.

use super::Site;

/// Half past eleven at night in London, half past twelve at noon in Auckland.
const RECORD: &str = "---
title: shop 20260109-233000
tags:
  - shop
  - sessions
session: 20260109-233000
project: shop
status: ended
started: '2026-01-09T23:30:00Z'
ended: '2026-01-10T00:30:00Z'
directories:
  - ~/shop
---

## Session: 20260109-233000

**Directory:** ~/shop
**Duration:** 1h 0m

### Progress Log

| Time | Event |
|------|-------|
| 23:40 | Drew a lamp |

### Decisions Log

| Decision | Rationale |
|----------|-----------|
| No chairs | no room |

### Resume Prompt

> Last session: Drew a lamp.
> State: it shines
";

fn in_auckland() -> Site {
    let site = Site::new();
    site.write_file(".mx/config.yaml", "timezone: Pacific/Auckland\n");
    site.write_file("session_logs/shop/20260109-233000.md", RECORD);
    site.write_file(
        "plan.md",
        "---\nproject: shop\ncreated: '2026-01-09T23:30:00Z'\nupdated: '2026-01-09T23:30:00Z'\n---\n\n# Plan\n\nLamps.\n\n## 2026-01-09 23:30 UTC\n\nA lantern.\n",
    );
    site
}

#[test]
fn all_pages_tell_the_same_day() {
    let site = in_auckland();
    for address in [
        "/",
        "/session/20260109-233000?project=shop",
        "/project?name=shop",
        "/search?q=lantern",
        "/search?q=lamp",
        "/entry/plan.md",
    ] {
        let page = site.page(address);
        let main = page.split_once("<main").expect("a main part").1;
        for wrong in [
            "9 Jan",
            "9 January",
            "23:30</time>",
            "23:40</time>",
            "2026-01-09T",
        ] {
            // What was written by hand stays as it is.
            let main = main.replace("2026-01-09 23:30 UTC", "");
            let main = main.split("<figure").next().expect("a beginning");
            assert!(!main.contains(wrong), "{address}: {wrong}\n{main}");
        }
        assert!(
            main.contains("10 Jan") || main.contains("Yesterday"),
            "{address}\n{main}"
        );
    }
    let session = site.page("/session/20260109-233000?project=shop");
    for right in [
        "Saturday, 10 January 2026",
        ">12:30</time>",
        ">13:30</time>",
        ">12:40</time>",
    ] {
        assert!(session.contains(right), "{right}\n{session}");
    }
    let calendar = "10 January 2026: 2 sessions and notes";
    assert!(site.page("/").contains(calendar));
    assert!(
        site.page("/project?name=shop")
            .contains("Week of 5 January 2026: 1 session")
    );
}
