//! The yardstick for indexing: the least that could be done with tantivy to get the same
//! documents, fields and terms into an index. No catalog, no hashes, no locks, no generations.

use super::corpus::mix;
use memex::index::fulltext::tokenizer::SectionTokenizer;
use memex::markdown;
use memex::model::{Document, Section, Tag, Timestamp, Zone};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, TantivyDocument};

/// What can go wrong, on any thread.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Threads and memory, as the crate uses them where there is much to index.
const THREADS: usize = 2;
const MEMORY: usize = 100_000_000;

/// Indexes all Markdown below `root` into the empty directory `out`; returns how many sections.
pub fn build(root: &Path, out: &Path) -> Result<u64, Failure> {
    let (schema, fields) = schema();
    fs::create_dir_all(out)?;
    let index = Index::create_in_dir(out, schema)?;
    index
        .tokenizers()
        .register("mx", SectionTokenizer::default());
    let mut writer: IndexWriter = index.writer_with_num_threads(THREADS, MEMORY)?;
    let bare = Bare {
        fields,
        root,
        next: AtomicU64::new(0),
    };
    files(root)?
        .par_iter()
        .try_for_each(|file| bare.add_file(&writer, file))?;
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(bare.next.into_inner())
}

/// Returns all Markdown files below a directory, hidden ones left out.
pub fn files(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in walkdir::WalkDir::new(root)
        .into_iter()
        .filter_entry(visible)
    {
        let entry = entry?;
        let is_markdown = entry.path().extension().is_some_and(|name| name == "md");
        if is_markdown && entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// The fields of a section, all of them.
struct Fields {
    title: Field,
    heading: Field,
    meta: Field,
    body: Field,
    id: Field,
    entry: Field,
    path: Field,
    tag: Field,
    project: Field,
    time: Field,
    modified: Field,
    dated: Field,
    line: Field,
    start: Field,
    length: Field,
    stored: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("mx")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let raw = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let raw = TextOptions::default().set_indexing_options(raw);
    let fields = Fields {
        title: builder.add_text_field("title", text.clone()),
        heading: builder.add_text_field("heading", text.clone()),
        meta: builder.add_text_field("meta", text.clone()),
        body: builder.add_text_field("body", text),
        id: builder.add_u64_field("id", FAST),
        entry: builder.add_u64_field("entry", FAST),
        path: builder.add_text_field("path", TextOptions::default().set_fast("raw")),
        tag: builder.add_text_field("tag", raw.clone()),
        project: builder.add_text_field("project", raw),
        time: builder.add_i64_field("time", FAST),
        modified: builder.add_i64_field("modified", FAST),
        dated: builder.add_u64_field("dated", FAST),
        line: builder.add_u64_field("line", FAST),
        start: builder.add_u64_field("start", FAST),
        length: builder.add_u64_field("length", FAST),
        stored: builder.add_text_field("stored", STORED),
    };
    (builder.build(), fields)
}

/// One run of the loop.
struct Bare<'a> {
    fields: Fields,
    root: &'a Path,
    next: AtomicU64,
}

/// What the sections of a file share.
struct Shared<'a> {
    path: &'a str,
    stem: &'a str,
    title: &'a str,
    project: Option<&'a str>,
    document: &'a Document,
    key: u64,
    modified: i64,
}

impl Bare<'_> {
    fn add_file(&self, writer: &IndexWriter, file: &Path) -> Result<(), Failure> {
        let bytes = fs::read(file)?;
        let text = String::from_utf8_lossy(&bytes);
        let modified = fs::metadata(file)?.modified()?.duration_since(UNIX_EPOCH)?;
        let path = file.strip_prefix(self.root)?.to_string_lossy();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let stem = name.strip_suffix(".md").unwrap_or(name);
        let document = markdown::parse_document(&text, Zone::UTC);
        let shared = Shared {
            path: &path,
            stem,
            title: document.title.as_deref().unwrap_or(stem),
            project: project(&path, &document),
            document: &document,
            key: entry_key(&path),
            modified: i64::try_from(modified.as_secs())?,
        };
        for section in &document.sections {
            writer.add_document(self.section(&shared, section, &text))?;
        }
        Ok(())
    }

    fn section(&self, shared: &Shared<'_>, section: &Section, text: &str) -> TantivyDocument {
        let fields = &self.fields;
        let front = &shared.document.front;
        let mut document = TantivyDocument::default();
        self.add_texts(&mut document, shared, section, text);
        let id = mix(self.next.fetch_add(1, Ordering::Relaxed));
        document.add_u64(fields.id, id);
        document.add_u64(fields.entry, shared.key);
        document.add_text(fields.path, shared.path);
        for key in tag_keys(front.tags.iter().chain(&section.tags)) {
            document.add_text(fields.tag, key);
        }
        if let Some(project) = shared.project {
            document.add_text(fields.project, project.to_lowercase());
        }
        match section.time.or(front.updated).or(front.created) {
            Some(time) => document.add_i64(fields.time, time.seconds()),
            None => document.add_i64(fields.modified, shared.modified),
        }
        if section.dated {
            document.add_u64(fields.dated, 1);
        }
        document.add_u64(fields.line, u64::from(section.line));
        document.add_u64(fields.start, section.range.start as u64);
        document.add_u64(fields.length, section.range.len() as u64);
        document.add_text(fields.stored, stored(shared, section));
        document
    }

    fn add_texts(
        &self,
        document: &mut TantivyDocument,
        shared: &Shared<'_>,
        section: &Section,
        text: &str,
    ) {
        let fields = &self.fields;
        let front = &shared.document.front;
        document.add_text(fields.title, shared.title);
        for heading in section.ancestors.iter().chain([&section.heading]) {
            document.add_text(fields.heading, heading);
        }
        for tag in front.tags.iter().chain(&section.tags) {
            document.add_text(fields.meta, tag.as_str());
        }
        for alias in &front.aliases {
            document.add_text(fields.meta, alias);
        }
        document.add_text(fields.meta, shared.stem);
        let is_first = shared.document.sections.first() == Some(section);
        if let Some(description) = front.description.as_ref().filter(|_| is_first) {
            document.add_text(fields.body, description);
        }
        let body = text.get(section.body..section.range.end);
        document.add_text(fields.body, body.unwrap_or_default());
    }
}

fn project<'a>(path: &'a str, document: &'a Document) -> Option<&'a str> {
    let named = document.front.project.as_deref();
    let below = || path.strip_prefix("projects/")?.split_once('/');
    named.or_else(|| below().map(|(name, _)| name))
}

fn entry_key(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

fn tag_keys<'a>(tags: impl Iterator<Item = &'a Tag>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for tag in tags {
        let key = tag.key();
        for (slash, _) in key.match_indices('/') {
            keys.insert(key[..slash].to_owned());
        }
        keys.insert(key);
    }
    keys
}

/// What is shown of a section, with the names and the gaps that the crate uses.
#[derive(serde::Serialize)]
struct Stored<'a> {
    t: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    h: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    a: &'a [String],
    #[serde(rename = "T", skip_serializing_if = "Vec::is_empty")]
    entry_tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    s: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    u: Option<i64>,
}

fn stored(shared: &Shared<'_>, section: &Section) -> String {
    let front = &shared.document.front;
    let stored = Stored {
        t: shared.title,
        h: &section.heading,
        a: &section.ancestors,
        entry_tags: front.tags.iter().map(Tag::as_str).collect(),
        s: section.tags.iter().map(Tag::as_str).collect(),
        p: shared.project,
        c: front.created.map(Timestamp::seconds),
        u: front.updated.map(Timestamp::seconds),
    };
    serde_json::to_string(&stored).unwrap_or_default()
}
