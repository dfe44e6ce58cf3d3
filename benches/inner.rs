//! The inner operations, on a generated knowledge base of `MX_BENCH_SECTIONS` sections (10,000).
//!
//! ```text
//! MX_BENCH_SECTIONS=100000 cargo bench --bench inner -- search
//! ```

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "benches stop by panicking, and show what they saw"
)]

mod bare;
mod corpus;

use criterion::{BatchSize, Criterion, Throughput};
use memex::index::fulltext::tokenizer::scan_terms;
use memex::index::{Freshness, Index};
use memex::kb::{Environment, Kb};
use memex::markdown;
use memex::model::{Clock, Timestamp, Zone};
use memex::ops::{Engine, Filters, Request, SearchRequest, SessionLogRequest};
use memex::query::language;
use std::cell::LazyCell;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// The knowledge base of all benchmarks here.
struct Fixture {
    kb: Kb,
    environment: Environment,
    /// Holds the files of the KB as long as it lives.
    directory: tempfile::TempDir,
}

/// Generated and indexed when a benchmark that was chosen needs it.
type Lazy = LazyCell<Fixture>;

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().join("kb");
        let size = corpus::generate(&root, corpus::sections()).expect("the corpus is written");
        let environment = Environment {
            cwd: directory.path().to_owned(),
            home: None,
            cache: None,
            kb_root: None,
            index_root: None,
            context: None,
            clock: Clock::System,
            ..Environment::capture().expect("there are surroundings")
        };
        let kb = Kb::open(&environment, Some(&root)).expect("the corpus is a knowledge base");
        // So that no file is too fresh for its times to be trusted.
        std::thread::sleep(Duration::from_millis(2_100));
        let indexed = Index::new(&kb).update().expect("it is indexed");
        assert_eq!(
            indexed.sections, size.sections as u64,
            "a generated section is one for the index too"
        );
        Fixture {
            kb,
            environment,
            directory,
        }
    }

    fn append(&self) {
        let note = SessionLogRequest {
            message: "Fixed authentication module, added OAuth2 support.".into(),
            entry: Some("projects/mx-bench/sessions.md".into()),
            ..SessionLogRequest::default()
        };
        let answered = self.engine().run(Request::SessionLog(note), &|_| {});
        answered.expect("appended");
    }

    fn engine(&self) -> Engine {
        Engine::new(&self.environment, Some(self.kb.root()))
    }
}

fn text(c: &mut Criterion) {
    let text = corpus::session_log("demo", 2_000);
    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(20);
    group.bench_function("tokenize", |b| {
        b.iter(|| scan_terms(black_box(&text), |term| _ = black_box(term)));
    });
    group.bench_function("parse_markdown", |b| {
        b.iter(|| markdown::parse_document(black_box(&text), Zone::UTC));
    });
    group.finish();
}

fn query(c: &mut Criterion) {
    let now = Timestamp::from_seconds(1_768_127_400);
    let query = "rateLimiter \"token bucket\" -redis deploy* OR src/auth/mod.rs tag:auth since:2w";
    c.bench_function("query/parse", |b| {
        b.iter(|| language::parse_query(black_box(query), now, Zone::UTC));
    });
}

/// Opening the index as it is, and with the comparison of all files that finds nothing.
fn freshness(c: &mut Criterion, fixture: &Lazy) {
    let mut group = c.benchmark_group("open");
    for (name, freshness) in [
        ("as_indexed", Freshness::AsIndexed),
        ("nothing_changed", Freshness::Refresh),
    ] {
        group.bench_function(name, |b| {
            let index = Index::new(&fixture.kb);
            b.iter(|| index.answer(freshness, |view| Ok(view.sections())));
        });
    }
    group.finish();
}

/// Searching the index as it is, opening it included, and with an engine that keeps it open.
fn search(c: &mut Criterion, fixture: &Lazy) {
    let two_words = format!("{} {}", corpus::RARE_WORD, corpus::COMMON_WORD);
    let phrase = format!("\"{}\"", corpus::RARE);
    let mut group = c.benchmark_group("search");
    for (name, query, tag) in [
        ("rare_word", corpus::RARE_WORD, None),
        ("missing_word", corpus::MISSING_WORD, None),
        ("common_word", corpus::COMMON_WORD, None),
        ("phrase", &phrase, None),
        ("two_words", &two_words, None),
        ("two_common_words", "deploy module", None),
        ("filter_by_tag", "", Some(corpus::TAG)),
        ("word_and_tag", corpus::COMMON_WORD, Some(corpus::TAG)),
    ] {
        let request = SearchRequest {
            query: Some(query.to_owned()),
            filters: Filters {
                tags: tag.map(str::to_owned).into_iter().collect(),
                ..Filters::default()
            },
            refresh: false,
            ..SearchRequest::default()
        };
        let kept = fixture.engine().keep_index();
        let ask = |engine: &Engine| {
            let answer = engine.run(Request::Search(request.clone()), &|_| {});
            answer.expect("an answer")
        };
        group.bench_function(name, |b| b.iter(|| ask(&fixture.engine())));
        group.bench_function(format!("{name}/kept"), |b| b.iter(|| ask(&kept)));
    }
    group.finish();
}

fn refresh(c: &mut Criterion, fixture: &Lazy) {
    let mut group = c.benchmark_group("refresh");
    group.sample_size(20);
    group.bench_function("after_one_append", |b| {
        let index = Index::new(&fixture.kb);
        b.iter_batched(
            || fixture.append(),
            |()| index.update().expect("updated"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Indexing from nothing, and the least that it could take; per section.
fn build(c: &mut Criterion, fixture: &Lazy) {
    let mut group = c.benchmark_group("index_from_nothing");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(corpus::sections() as u64));
    group.bench_function("whole", |b| {
        let own = fixture.kb.root().join(".mx/index");
        b.iter_batched(
            || remove(&own),
            |()| Index::new(&fixture.kb).update().expect("indexed"),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("bare_loop", |b| {
        let out = fixture.directory.path().join("bare-index");
        b.iter_batched(
            || remove(&out),
            |()| bare::build(fixture.kb.root(), &out).expect("indexed"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn remove(directory: &Path) {
    if directory.exists() {
        fs::remove_dir_all(directory).expect("the old index is removed");
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let c = &mut criterion;
    // Not a static: it has to be dropped, so that its files are removed.
    let fixture = Lazy::new(Fixture::new);
    text(c);
    query(c);
    freshness(c, &fixture);
    search(c, &fixture);
    refresh(c, &fixture);
    build(c, &fixture);
    criterion.final_summary();
}
