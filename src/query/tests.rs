//! Searching as a whole: what is found, in which order, and with which remarks.

mod limits;
mod snippets;

use super::*;
use crate::index::{Freshness, Index, View};
use crate::kb::tests::TestKb;
use std::fs;
use std::path::Path;

fn find(kb: &TestKb, question: &str) -> Found {
    find_with(kb, question, SearchOptions::default())
}

fn find_with(kb: &TestKb, question: &str, options: SearchOptions) -> Found {
    let options = SearchOptions {
        query: language::parse_query(question, kb.now(), kb.zone()),
        question: question.to_owned(),
        ..options
    };
    Index::new(kb)
        .answer(Freshness::Refresh, |view: &mut View| {
            search_entries(kb, view, &options)
        })
        .expect("an answer")
}

fn paths(found: &Found) -> Vec<&str> {
    let entries = found.results.iter();
    entries.map(|entry| entry.path.as_str()).collect()
}

fn first(kb: &TestKb, question: &str) -> String {
    let found = find(kb, question);
    let best = found.results.first();
    best.map_or_else(String::new, |entry| entry.path.to_string())
}

/// A KB with some entries, by name and text.
fn kb_of(entries: &[(&str, &str)]) -> TestKb {
    let kb = TestKb::new();
    for (name, text) in entries {
        kb.write(name, text);
    }
    kb
}

#[test]
fn stop_words_count_only_where_nothing_else_is_asked() {
    let kb = kb_of(&[
        (
            "what.md",
            "what is the reason for the what and the why of it\n",
        ),
        ("cause.md", "Keep-alive caused the 502 on staging.\n"),
        ("other.md", "Nothing here.\n"),
    ]);
    let found = find(&kb, "what was the cause of the 502s?");
    assert_eq!(paths(&found), ["cause.md"]);
    assert_eq!(found.step, Step::All);
    assert_eq!(first(&kb, "what is the"), "what.md");
}

#[test]
fn more_telling_words_come_first_and_the_step_says_whether_all_are_there() {
    let kb = kb_of(&[
        ("both.md", "The bucket holds a token.\n"),
        ("one.md", "token token token token\n"),
        ("none.md", "something else\n"),
    ]);
    let found = find(&kb, "token bucket");
    assert_eq!(paths(&found), ["both.md", "one.md"]);
    assert_eq!(found.step, Step::All);
    assert_eq!(find(&kb, "token else").step, Step::Any);
    let all = SearchOptions {
        all_words: true,
        ..SearchOptions::default()
    };
    assert_eq!(paths(&find_with(&kb, "token bucket", all)), ["both.md"]);
    assert_eq!(paths(&find(&kb, "token +bucket")), ["both.md"]);
}

#[test]
fn a_misspelt_word_is_replaced_beside_right_ones() {
    let kb = kb_of(&[
        ("a.md", "A reentrancy attack drains the contract.\n"),
        ("b.md", "An attack by mail.\n"),
    ]);
    let found = find(&kb, "reentrncy attack");
    assert_eq!(paths(&found), ["a.md", "b.md"]);
    assert_eq!(found.step, Step::Fuzzy);
    assert_eq!(
        found.notes,
        ["'reentrncy' occurs nowhere; searched for 'reentrancy'"]
    );
    // Two edits only of long words, and none of short ones.
    assert_eq!(paths(&find(&kb, "reentranci")), ["a.md"]);
    assert!(find(&kb, "mqzl").results.is_empty());
    assert!(find(&kb, "zq").results.is_empty());
}

#[test]
fn neighbours_are_words_that_still_occur() {
    let kb = kb_of(&[("a.md", "thumbnail\n"), ("b.md", "thumbnaul\n")]);
    assert_eq!(find(&kb, "thumbnaal").total, 2);
    fs::remove_file(kb.root().join("b.md")).expect("removed");
    let found = find(&kb, "thumbnaal");
    assert_eq!(paths(&found), ["a.md"]);
    assert_eq!(found.notes.len(), 1);
    assert!(!found.notes[0].contains("thumbnaul"), "{:?}", found.notes);
}

#[test]
fn an_identifier_as_it_was_written_beats_its_words() {
    let prose = "# Kitchen signals\n\nkitchen signals, kitchen signals and kitchen signals\n";
    let kb = kb_of(&[
        ("prose.md", prose),
        ("identifier.md", "We set KITCHEN_SIGNALS to 3 for now.\n"),
        ("ticket.md", "See OPS-17 about it.\n"),
        ("ops.md", "ops 17 ops 17 ops 17\n"),
        ("path.md", "the file src/auth/limiter.rs\n"),
        ("words.md", "src auth limiter rs, src auth limiter rs\n"),
    ]);
    for (query, right) in [
        ("KITCHEN_SIGNALS", "identifier.md"),
        ("kitchen_signals", "identifier.md"),
        ("what does KITCHEN_SIGNALS do", "identifier.md"),
        ("OPS-17", "ticket.md"),
        ("src/auth/limiter.rs", "path.md"),
    ] {
        assert_eq!(first(&kb, query), right, "{query}");
    }
}

#[test]
fn signs_versions_hashes_and_emoji_are_found() {
    let kb = kb_of(&[
        ("vitamin.md", "Vitamin C helps, C and more C.\n"),
        ("engine.md", "The engine is written in C++ and tested.\n"),
        ("csharp.md", "# The C# port\n\nabout it\n"),
        ("with-v.md", "Upgraded to v0.4.0 today.\n"),
        ("without.md", "Still at 1.2.3 here.\n"),
        ("short.md", "fixed in 9f86d08\n"),
        ("full.md", "in 1ac4836884c7d659a2feaa0c55ad015a3bf4f1b2\n"),
        ("emoji.md", "Shipped 🚀 at last\n"),
    ]);
    for (query, right) in [
        ("\"C++\"", "engine.md"),
        ("\"C++ and\"", "engine.md"),
        ("title:\"C#\"", "csharp.md"),
        ("0.4.0", "with-v.md"),
        ("v1.2.3", "without.md"),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "short.md"),
        ("1ac4836", "full.md"),
        ("1ac4836884", "full.md"),
        ("🚀", "emoji.md"),
    ] {
        assert_eq!(paths(&find(&kb, query)).first(), Some(&right), "{query}");
    }
    assert_eq!(find(&kb, "\"C++\"").total, 1);
    assert_eq!(find(&kb, "9f86d").total, 0);
}

#[test]
fn flags_are_searched_and_exclusions_that_leave_nothing_too() {
    let kb = kb_of(&[
        (
            "flags.md",
            "Build with gcc -Wall; run curl -H \"X-Token: a\" -sS\n",
        ),
        ("other.md", "Something with curl.\n"),
    ]);
    for query in ["-Wall", "gcc -Wall", "curl -H", "\"gcc -Wall\"", "curl -sS"] {
        assert_eq!(first(&kb, query), "flags.md", "{query}");
    }
    assert_eq!(paths(&find(&kb, "curl -something")), ["flags.md"]);
    let found = find(&kb, "gcc -curl");
    assert_eq!(paths(&found), ["flags.md", "other.md"]);
    assert_eq!(found.notes.len(), 1);
}

#[test]
fn words_joined_or_not_find_each_other() {
    let kb = kb_of(&[
        ("hyphen.md", "Die Umsatzsteuer-Voranmeldung ist fällig.\n"),
        ("joined.md", "We reindex at night.\n"),
        ("nfd.md", "Gro\u{308}ße ist alles.\n"),
    ]);
    assert_eq!(first(&kb, "Umsatzsteuervoranmeldung"), "hyphen.md");
    assert_eq!(first(&kb, "re-index"), "joined.md");
    assert_eq!(first(&kb, "Größe"), "nfd.md");
}

#[test]
fn front_matter_and_paths_are_searched_and_what_repeats_is_not() {
    let kb = kb_of(&[
        (
            "guides/pay.md",
            "---\ntitle: Money\npermalink: payment\nmeta:\n  owner: Nadja\n---\n\ntext\n",
        ),
        (
            "projects/shop/sessions.md",
            "---\ntitle: shop Sessions\ntags: [shop, sessions]\n---\n\n# Session Log\n\n\
             Session notes for shop.\n\n## 2026-01-11 10:30 UTC\n\nfirst note\n",
        ),
        (
            "session_logs/shop/20260111-090000.md",
            "---\nsession: 20260111-090000\nproject: shop\n---\n\n## Session: 20260111-090000\n\n\
             ### Progress Log\n\n| Time | Event |\n|------|-------|\n| 09:00 | Made the limiter |\n\n\
             ### Resume Prompt\n\n> Last session: limiter quokka.\n",
        ),
    ]);
    assert_eq!(first(&kb, "payment"), "guides/pay.md");
    assert_eq!(first(&kb, "Nadja"), "guides/pay.md");
    assert_eq!(first(&kb, "guides"), "guides/pay.md");
    assert!(find(&kb, "quokka").results.is_empty());
    assert!(find(&kb, "\"Session notes\"").results.is_empty());
    let found = find(&kb, "limiter");
    assert_eq!(found.results[0].sections.len(), 1);
    assert_eq!(
        found.results[0].sections[0].snippet.text,
        "09:00 · Made the limiter"
    );
}

#[test]
fn what_people_write_is_searched_whatever_its_heading() {
    let record = |parts: &str| {
        format!(
            "---\nsession: 20260111-090000\nproject: shop\n---\n\n## Session: 20260111-090000\n\n{parts}"
        )
    };
    let kb = kb_of(&[
        (
            "retro.md",
            "# Team\n\n## Session: retro\n\n### Notes\n\ntiger\n",
        ),
        (
            "talk.md",
            "# Talk\n\n## Session: keynote\n\n### Resume Prompt\n\nzebra\n",
        ),
        (
            "log.md",
            "# Log\n\n## Session Log\n\nSession notes for the fox.\n\n## Other\n\ntext\n",
        ),
        (
            "session_logs/shop/20260111-090000.md",
            &record("### Notes\n\n- [[a.md]] a walrus\n"),
        ),
        (
            "session_logs/shop/20260111-090000-2.md",
            &record("### Notes\n\n- [[a.md]] told\n\nAnn saw an otter.\n"),
        ),
        (
            "session_logs/shop/20260111-090000-3.md",
            &record("### Resume Prompt\n\n> Last session: told.\n\nThe ibex waits.\n"),
        ),
    ]);
    for word in ["tiger", "zebra", "fox", "otter", "ibex"] {
        assert_eq!(find(&kb, word).results.len(), 1, "{word}");
    }
    assert!(find(&kb, "walrus").results.is_empty(), "it only links");
}

#[test]
fn filters_alone_list_sections_newest_first() {
    let log = |tag: &str, hours: [u32; 3]| {
        let notes =
            hours.map(|hour| format!("## 2026-01-10 {hour:02}:00\n\n#{tag}\n\nnote {hour}\n\n"));
        format!("# Log\n\n{}", notes.concat())
    };
    let kb = kb_of(&[
        ("a.md", &log("decision", [8, 9, 12])),
        ("b.md", &log("decision", [10, 11, 13])),
    ]);
    let found = find(&kb, "tag:decision");
    let headings: Vec<String> = found
        .results
        .iter()
        .flat_map(|entry| &entry.sections)
        .map(|section| section.heading[11..13].to_owned())
        .collect();
    assert_eq!(headings, ["13", "12", "11", "10", "09", "08"]);
    assert_eq!((found.total, found.lists_sections), (6, true));
    let two = SearchOptions {
        limit: 2,
        ..SearchOptions::default()
    };
    assert_eq!(
        paths(&find_with(&kb, "tag:decision", two)),
        ["b.md", "a.md"]
    );
}

#[test]
fn an_entry_says_how_many_more_sections_match() {
    let notes: Vec<String> = (0..8)
        .map(|n| format!("## Note {n}\n\ndeploy {n}\n"))
        .collect();
    let kb = kb_of(&[("log.md", &notes.concat())]);
    let found = find(&kb, "deploy");
    assert_eq!(
        (found.results[0].sections.len(), found.results[0].more),
        (3, 5)
    );
    let all = SearchOptions {
        sections: 20,
        ..SearchOptions::default()
    };
    let found = find_with(&kb, "deploy", all);
    assert_eq!(
        (found.results[0].sections.len(), found.results[0].more),
        (8, 0)
    );
}

#[test]
fn a_time_in_a_question_is_preferred_and_alone_is_listed() {
    // Now is 2026-01-11.
    let kb = kb_of(&[
        (
            "old.md",
            "## 2025-12-01 10:00\n\nFixed the outage of the shop.\n",
        ),
        (
            "new.md",
            "## 2026-01-10 10:00\n\nAlso about the outage, the shop was down.\n",
        ),
        ("december.md", "## 2025-12-24 10:00\n\nWrapped presents.\n"),
    ]);
    let found = find(&kb, "what was the outage of the shop yesterday");
    assert_eq!(paths(&found), ["new.md", "old.md"]);
    assert_eq!(found.notes, ["preferring what is from 2026-01-10"]);
    let found = find(&kb, "the outage of the shop in December");
    assert_eq!(paths(&found), ["old.md", "new.md"]);
    let found = find(&kb, "what did I do yesterday?");
    assert_eq!(paths(&found), ["new.md"]);
    assert_eq!(found.notes, ["showing what is from 2026-01-10"]);
    assert!(find(&kb, "\"yesterday\"").results.is_empty());
}

#[test]
fn the_same_is_found_with_the_same_scores_after_any_history() {
    let kb = TestKb::new();
    for n in 0..30 {
        kb.write(
            &format!("n{n}.md"),
            format!("# Note {n}\n\ntoken {n} and bucket {}\n", n % 3),
        );
        find(&kb, "token");
    }
    for n in 0..15 {
        kb.write(
            &format!("n{n}.md"),
            format!("# Other {n}\n\nlimiter without them\n"),
        );
        find(&kb, "limiter");
    }
    for question in [
        "token bucket",
        "why is the bucket with the token in note 17",
        "toke limiter",
    ] {
        let before = find(&kb, question);
        Index::new(&kb).rebuild().expect("rebuilt");
        assert_eq!(find(&kb, question), before, "{question}");
    }
}

/// Returns the mean reciprocal rank of questions about the records in `tests/fixtures`.
fn mean_reciprocal_rank(file: &str) -> f32 {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/relevance");
    let kb = TestKb::new();
    copy_entries(&fixtures.join("kb"), kb.root());
    let text = fs::read_to_string(fixtures.join(file)).expect("questions");
    let ranks = text.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let found = find(&kb, fields[1]);
        let place = paths(&found).iter().position(|path| *path == fields[2]);
        place.map_or(0.0, |place| 1.0 / (place as f32 + 1.0))
    });
    let ranks: Vec<f32> = ranks.collect();
    ranks.iter().sum::<f32>() / ranks.len() as f32
}

fn copy_entries(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_entries(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn questions_and_words_find_the_right_records() {
    let questions = mean_reciprocal_rank("questions.tsv");
    assert!(questions >= 0.84, "questions: {questions}");
    let words = mean_reciprocal_rank("words.tsv");
    assert!(words >= 0.95, "words: {words}");
}

/// Words that are in no question: `words` of them, some 9 bytes each.
fn filler(words: usize) -> String {
    let words = (0..words).map(|number| format!("filler{}", number % 97));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn questions_in_scripts_without_spaces_are_answered() {
    let kb = kb_of(&[
        (
            "zh.md",
            "# 限流\n\n我们选择令牌桶是因为它更简单。数据库连接池在高峰时耗尽。\n",
        ),
        (
            "ja.md",
            "# 認証サーバー\n\n認証サーバーの再起動手順。トークンバケットを選んだ理由。\n",
        ),
        ("th.md", "# เซิร์ฟเวอร์\n\nวิธีรีสตาร์ทเซิร์ฟเวอร์\n"),
        ("ko.md", "# 서버\n\n서버를재시작하는방법\n"),
    ]);
    for (question, right) in [
        ("为什么选择令牌桶", "zh.md"),
        ("数据库的连接池耗尽了怎么办", "zh.md"),
        ("認証サーバーを再起動する方法", "ja.md"),
        ("Dockerで認証サーバーを動かす", "ja.md"),
        ("จะรีสตาร์ทเซิร์ฟเวอร์อย่างไร", "th.md"),
        ("서버재시작", "ko.md"),
    ] {
        let found = find(&kb, question);
        assert_eq!(paths(&found).first(), Some(&right), "{question}");
        assert_eq!(found.step, Step::Any, "{question}");
        assert!(found.notes[0].contains("each two characters"), "{question}");
    }
    // What is found as it stands stays whole.
    let found = find(&kb, "トークンバケット");
    assert_eq!(paths(&found), ["ja.md"]);
    assert!(found.notes.is_empty());
    assert_eq!(
        found.results[0].sections[0].snippet.matches.len(),
        1,
        "one match, not one for each character"
    );
    assert!(find(&kb, "+为什么选择令牌桶").results.is_empty());
    assert!(find(&kb, "\"为什么选择令牌桶\"").results.is_empty());
}

#[test]
fn what_was_done_at_a_time_is_listed() {
    // Now is 2026-01-11.
    let kb = kb_of(&[
        ("new.md", "## 2026-01-10 10:00\n\nFixed the login test\n"),
        (
            "old.md",
            "## 2019-05-05 10:00\n\nWe changed the work plan, it happened, a summary.\n",
        ),
        (
            "cafe.md",
            "---\ncreated: 2021-03-10\n---\n# Login\n\nThe cafe is open.\n",
        ),
        (
            "other.md",
            "---\ncreated: 2019-01-01\n---\n# Cafe\n\nThe cafe, the cafe.\n",
        ),
    ]);
    for question in [
        "what happened yesterday",
        "what did I work on yesterday?",
        "summary of yesterday",
        "yesterday's changes",
        "what have we finished on 2026-01-10",
    ] {
        let found = find(&kb, question);
        assert_eq!(paths(&found), ["new.md"], "{question}");
        assert_eq!(found.notes, ["showing what is from 2026-01-10"]);
    }
    for question in [
        "cafe in March 2021",
        "the cafe on 10 March 2021",
        "the cafe of 2021-03-10",
        "which cafe was it in 2021",
    ] {
        assert_eq!(first(&kb, question), "cafe.md", "{question}");
    }
    let found = find(&kb, "the cafe on 10 March 2021");
    assert_eq!(found.notes, ["preferring what is from 2021-03-10"]);
    // The words are nowhere.
    assert_eq!(first(&kb, "the zebra in March 2021"), "cafe.md");
}

#[test]
fn a_time_from_which_nothing_is_counts_as_words() {
    let kb = kb_of(&[
        (
            "filter.md",
            "---\ncreated: 2020-01-01\n---\n# Journal\n\nShow the log with `--since \"last week\"`\n",
        ),
        (
            "log.md",
            "---\ncreated: 2020-01-01\n---\n# Log\n\nShow the log, the log\n",
        ),
    ]);
    let found = find(&kb, "show the log of last week");
    assert_eq!(paths(&found)[0], "filter.md");
    let note = "nothing that was found is from 2025-12-29 to 2026-01-04";
    assert_eq!(found.notes, [note]);
}

#[test]
fn an_entry_named_like_an_identifier_comes_first() {
    let kb = kb_of(&[
        (
            "issue-4711.md",
            "# The pool runs dry\n\nIt happened on Monday.\n",
        ),
        (
            "weekly.md",
            "# Weekly\n\nSee ISSUE-4711 for the pool, ISSUE-4711, RFC-9110.\n",
        ),
        ("issue-47112.md", "# Another\n\nSee issue-4711.\n"),
        (
            "http.md",
            "---\ntitle: HTTP\naliases: [web, RFC-9110]\n---\n\nSemantics.\n",
        ),
        (
            "fees.md",
            "# x\n\nThe EIP-1559 fee, utf-8, 1,000,000 and 5 MB\n",
        ),
        ("joined.md", "# x\n\nERC20 and sha256\n"),
    ]);
    for (query, right) in [
        ("ISSUE-4711", "issue-4711.md"),
        ("issue-4711", "issue-4711.md"),
        ("ISSUE4711", "issue-4711.md"),
        ("RFC-9110", "http.md"),
        ("EIP1559", "fees.md"),
        ("eip1559", "fees.md"),
        ("utf8", "fees.md"),
        ("5MB", "fees.md"),
        ("1000000", "fees.md"),
        ("ERC-20", "joined.md"),
        ("SHA-256", "joined.md"),
    ] {
        assert_eq!(first(&kb, query), right, "{query}");
    }
}

#[test]
fn a_long_section_is_read_to_where_it_answers() {
    let fill = filler(1200);
    let kb = kb_of(&[
        (
            "deep.md",
            &format!("# Gateway\n\n{fill}\n\nThe crash comes from `rateLimiter`.\n"),
        ),
        (
            "prose.md",
            "# Rate limiter\n\nThe rate limiter limits the rate. A rate limiter is good.\n",
        ),
        ("low.md", "# x\n\nfoobarerror is seen\n"),
        (
            "high.md",
            &format!("# y\n\n{fill}\n\nFooBarError is thrown\n"),
        ),
        (
            "near.md",
            &format!("# Log\n\n{fill}\nThe token bucket was chosen.\n{fill}"),
        ),
        ("far.md", &format!("# Log\n\ntoken {fill}\nbucket {fill}")),
    ]);
    for (query, right) in [
        ("rateLimiter", "deep.md"),
        ("FooBarError", "high.md"),
        ("why did we choose the token bucket", "near.md"),
    ] {
        assert_eq!(first(&kb, query), right, "{query}");
    }
}

#[test]
fn short_names_keep_their_stop_words_and_amounts_are_no_names() {
    let kb = kb_of(&[
        ("kubectl-get.md", "# kubectl get\n\nGet resources.\n"),
        (
            "kubectl.md",
            "# kubectl config\n\nkubectl kubectl config of kubectl\n",
        ),
        ("split.md", "# split\n\nSplit a file into pieces.\n"),
        (
            "blk.md",
            "# discard\n\nDiscard the first 100MB of a device\n",
        ),
    ]);
    assert_eq!(first(&kb, "kubectl get"), "kubectl-get.md");
    assert_eq!(first(&kb, "split a file into 100MB pieces"), "split.md");
    assert_eq!(find(&kb, "the resources").step, Step::All);
}

#[test]
fn a_flag_in_small_letters_is_told_from_an_exclusion() {
    let kb = kb_of(&[
        ("java.md", "# java\n\nRun a program: `java -jar file.jar`\n"),
        ("arch.md", "# archlinux-java\n\nChoose a java, no more\n"),
        ("draft.md", "# Plan\n\nA draft of the java plan\n"),
    ]);
    let found = find(&kb, "java -jar");
    assert_eq!(paths(&found)[0], "java.md");
    let note = "'-jar' is searched for as a flag; to leave the word out, write -\"jar\"";
    assert_eq!(found.notes, [note]);
    assert!(!paths(&find(&kb, "java -\"jar\"")).contains(&"java.md"));
    let found = find(&kb, "java -draft");
    assert!(!paths(&found).contains(&"draft.md"));
    assert!(found.notes.is_empty());
}

#[test]
fn only_words_without_digits_have_neighbours_and_these_have_stems() {
    let kb = kb_of(&[
        ("a.md", "# Errors\n\nport 8446 is taken, E0502 was thrown\n"),
        ("b.md", "The compressions of the file\n"),
        ("c.md", "The compression\n"),
    ]);
    for query in ["8443", "E0503", "500kb"] {
        let found = find(&kb, query);
        assert!(
            found.results.is_empty() && found.notes.is_empty(),
            "{query}"
        );
        assert_eq!(found.step, Step::Any, "{query}");
    }
    let found = find(&kb, "compresion");
    assert_eq!(paths(&found), ["c.md", "b.md"]);
}

#[test]
fn a_long_question_is_cut_behind_its_telling_words() {
    let kb = kb_of(&[("k.md", "# K\n\nneedle\n")]);
    let found = find(
        &kb,
        &format!("{}needle", "the of and to in is needles ".repeat(11)),
    );
    assert_eq!(paths(&found), ["k.md"]);
    assert!(found.notes.is_empty());
    let words: Vec<String> = (0..80).map(|number| format!("word{number}")).collect();
    let found = find(&kb, &format!("{} needle", words.join(" ")));
    assert!(found.results.is_empty());
    assert_eq!(found.notes, ["the query is too long; its end was ignored"]);
}

#[test]
fn what_filters_hide_is_told() {
    let kb = kb_of(&[("a.md", "needle\n"), ("b/c.md", "haystack\n")]);
    let found = find(&kb, "needle path:b/**");
    assert_eq!(found.notes, ["without the filters, 1 entry matches"]);
    assert!(find(&kb, "wombat path:b/**").notes.is_empty());
}
