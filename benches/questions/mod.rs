//! Questions whose right entries are known, and what they are asked of.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Questions that are counted together.
pub struct QuestionSet {
    pub name: String,
    pub parts: Vec<Part>,
}

/// Questions about one knowledge base.
pub struct Part {
    pub corpus: Corpus,
    pub questions: Vec<Question>,
}

/// What is asked about.
pub enum Corpus {
    /// A directory of Markdown.
    Directory(PathBuf),
    /// Entries by their paths.
    Entries(BTreeMap<String, String>),
}

/// A question.
pub struct Question {
    pub text: String,
    /// Paths of the entries that answer it.
    pub right: Vec<String>,
}

impl Corpus {
    /// Writes the entries into a directory.
    pub fn write_to(&self, directory: &Path) {
        let entries = match self {
            Corpus::Directory(from) => read_entries(from),
            Corpus::Entries(entries) => entries.clone(),
        };
        for (path, text) in entries {
            let file = directory.join(path);
            fs::create_dir_all(file.parent().expect("a directory")).expect("it is made");
            fs::write(file, text).expect("it is written");
        }
    }
}

/// Reads a file of questions; those about one directory are a set.
pub fn read_questions(corpus: &Path, file: &Path) -> Vec<QuestionSet> {
    let text = fs::read_to_string(file).expect("the questions can be read");
    let mut sets: BTreeMap<&str, Vec<Question>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [directory, question, right] = fields[..] else {
            panic!("not a directory, a question and a path: {line}");
        };
        sets.entry(directory).or_default().push(Question {
            text: question.to_owned(),
            right: vec![right.to_owned()],
        });
    }
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let set = |(directory, questions): (&str, Vec<Question>)| QuestionSet {
        name: format!("{directory} {name}"),
        parts: vec![Part {
            corpus: Corpus::Directory(corpus.join(directory)),
            questions,
        }],
    };
    sets.into_iter().map(set).collect()
}

/// Reads conversations with questions. Each session is an entry; a question is answered by those
/// that its evidence names (`D3:11`: session 3).
pub fn read_conversations(file: &Path) -> Vec<QuestionSet> {
    let text = fs::read_to_string(file).expect("the conversations can be read");
    let samples: Value = serde_json::from_str(&text).expect("it is JSON");
    let samples = samples.as_array().expect("a list of conversations");
    vec![QuestionSet {
        name: "conversations".into(),
        parts: samples.iter().map(read_conversation).collect(),
    }]
}

fn read_conversation(sample: &Value) -> Part {
    let conversation = sample["conversation"].as_object().expect("a conversation");
    let mut entries = BTreeMap::new();
    for (name, turns) in conversation {
        if let Some(turns) = turns.as_array() {
            let time = &conversation[&format!("{name}_date_time")];
            let mut text = format!("# {}\n\n", time.as_str().unwrap_or(name));
            for turn in turns {
                let part = |key: &str| turn[key].as_str().unwrap_or_default();
                text += &format!(
                    "{}: {} {}\n\n",
                    part("speaker"),
                    part("text"),
                    part("blip_caption")
                );
            }
            entries.insert(format!("{name}.md"), text);
        }
    }
    let questions = sample["qa"].as_array().into_iter().flatten();
    let questions = questions.filter_map(|asked| {
        let evidence = asked["evidence"].as_array().into_iter().flatten();
        let right: BTreeSet<String> = evidence
            .filter_map(|turn| session_of(turn.as_str()?))
            .collect();
        let question = Question {
            text: asked["question"].as_str()?.to_owned(),
            right: right.into_iter().collect(),
        };
        (!question.right.is_empty()).then_some(question)
    });
    Part {
        questions: questions.collect(),
        corpus: Corpus::Entries(entries),
    }
}

fn session_of(turn: &str) -> Option<String> {
    let (session, _) = turn.strip_prefix('D')?.split_once(':')?;
    Some(format!("session_{session}.md"))
}

/// Reads the Markdown files below a directory, by their paths, without hidden ones.
pub fn read_entries(directory: &Path) -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    collect_entries(directory, "", &mut entries);
    entries
}

fn collect_entries(directory: &Path, prefix: &str, entries: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).expect("a directory can be read") {
        let entry = entry.expect("an entry can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            collect_entries(&entry.path(), &format!("{path}/"), entries);
        } else if name.ends_with(".md") {
            let bytes = fs::read(entry.path()).expect("a file can be read");
            entries.insert(path, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// Returns the words of a question without stop words; all of them if nothing else is left.
pub fn telling_words(question: &str) -> Vec<String> {
    const STOP_WORDS: &str = "a about all an and are as at be been being but by can could did do \
        does each few for from had has have having he her here him his how i if in into is it its \
        me more most my no nor not of off on once only or other our own same shall she should so \
        some such t than that the their them then there these they this those through to too under \
        until up us very was we were what when where which while who whom why will with would you \
        your";
    let question = question.to_lowercase();
    let words = question.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let is_stop = |word: &String| STOP_WORDS.split_whitespace().any(|stop| stop == word);
    let telling: Vec<String> = words
        .iter()
        .filter(|word| !is_stop(word))
        .cloned()
        .collect();
    if telling.is_empty() { words } else { telling }
}
