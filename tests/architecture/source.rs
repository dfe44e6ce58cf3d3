//! The sources as syntax: what each file declares, and every path that it writes.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// One file below `src`, read.
#[derive(Default)]
pub struct Source {
    /// Its path below `src`, with `/`.
    pub place: String,
    /// The path of the module that it holds, from the root of the crate.
    pub module: Vec<String>,
    /// Every path that it writes, from the root of the crate (`crate::…`) where it leads there.
    pub paths: Vec<WrittenPath>,
    /// Names of functions and methods, without those of tests.
    pub functions: Vec<String>,
    /// Names of types and traits, without those of tests.
    pub types: Vec<String>,
    /// Number of lines, without those of tests.
    pub lines: usize,
    /// Texts between quotes, without those of comments and tests.
    pub texts: Vec<String>,
    /// Lines of comments, with their numbers.
    pub comments: Vec<(usize, String)>,
    /// What `use` binds in each module of the file.
    pub bindings: HashMap<Vec<String>, HashMap<String, Vec<String>>>,
    /// Modules in files of their own that are compiled for tests alone.
    test_modules: Vec<String>,
}

/// A path with its place in the tree of modules.
pub struct WrittenPath {
    pub segments: Vec<String>,
    /// The module in which it is written.
    pub module: Vec<String>,
    pub in_test: bool,
}

/// Reads every file below `src`, sorted by path.
pub fn read_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect_files(&root, &mut files);
    assert!(files.len() > 20, "the sources are found");
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a source file can be read");
        let place = file.strip_prefix(&root).expect("below the root");
        Source::parse(&place.to_string_lossy().replace('\\', "/"), &text)
    };
    files.iter().map(read).collect()
}

/// Counts the lines of a file, blank ones and comments included, up to `#[cfg(test)]` and from the
/// end of what it is about.
fn count_lines(text: &str) -> usize {
    let mut in_test = false;
    let is_code = |line: &&str| {
        in_test |= line.starts_with("#[cfg(") && line.contains("test");
        let counts = !in_test;
        // rustfmt puts the end of what begins at the margin there.
        in_test &= !(*line == "}" || line.starts_with("mod ") && line.ends_with(';'));
        counts
    };
    text.lines().filter(is_code).count()
}

fn collect_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

impl Source {
    pub fn parse(place: &str, text: &str) -> Source {
        let names = place.trim_end_matches(".rs").split('/');
        let module: Vec<String> = names
            .filter(|name| !matches!(*name, "mod" | "lib" | "main"))
            .map(str::to_owned)
            .collect();
        let mut reader = Reader {
            modules: module.clone(),
            in_test: false,
            source: Source {
                place: place.to_owned(),
                module,
                lines: count_lines(text),
                comments: comment_lines(text),
                ..Source::default()
            },
        };
        let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{place}: {error}"));
        reader.visit_file(&tree);
        reader.source
    }

    /// Returns whether the file holds tests alone: `tests.rs`, or one in a folder `tests`.
    pub fn is_test_file(&self) -> bool {
        self.module.iter().any(|name| name == "tests")
    }

    /// Returns the modules for tests alone whose file is not called so.
    pub fn stray_test_modules(&self) -> Vec<String> {
        let strays = self.test_modules.iter().filter(|name| *name != "tests");
        strays
            .filter(|_| !self.is_test_file())
            .map(|name| {
                format!(
                    "src/{}: `{name}` is for tests alone: call it `tests`, or put it into `tests`",
                    self.place
                )
            })
            .collect()
    }
}

fn comment_lines(text: &str) -> Vec<(usize, String)> {
    let numbered = (1..).zip(text.lines().map(str::trim_start));
    let comments = numbered.filter(|(_, line)| line.starts_with("//"));
    comments
        .map(|(number, line)| (number, line.to_owned()))
        .collect()
}

struct Reader {
    modules: Vec<String>,
    in_test: bool,
    source: Source,
}

impl Reader {
    fn add_path(&mut self, segments: Vec<String>) {
        let segments = absolute_path(segments, &self.modules);
        self.source.paths.push(WrittenPath {
            segments,
            module: self.modules.clone(),
            in_test: self.in_test,
        });
    }

    fn add_use(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let with = |name: &syn::Ident| {
            let mut path = prefix.to_vec();
            path.push(plain_name(name));
            path
        };
        match tree {
            syn::UseTree::Path(path) => self.add_use(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) if name.ident == "self" => {
                let bound = prefix.last().cloned().unwrap_or_default();
                self.bind(bound, prefix.to_vec());
            }
            syn::UseTree::Name(name) => self.bind(plain_name(&name.ident), with(&name.ident)),
            syn::UseTree::Rename(name) if name.ident == "self" => {
                self.bind(plain_name(&name.rename), prefix.to_vec());
            }
            syn::UseTree::Rename(name) => self.bind(plain_name(&name.rename), with(&name.ident)),
            syn::UseTree::Glob(_) => self.add_path(prefix.to_vec()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, prefix);
                }
            }
        }
    }

    fn bind(&mut self, name: String, path: Vec<String>) {
        if !self.in_test {
            let target = absolute_path(path.clone(), &self.modules);
            let module = self.source.bindings.entry(self.modules.clone());
            module.or_default().insert(name, target);
        }
        self.add_path(path);
    }

    /// Adds the paths in the tokens of a macro, which the syntax tree leaves as they are.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 && !path.is_empty() {
                        self.add_path(std::mem::take(&mut path));
                    }
                    path.push(plain_name(&name));
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    if !path.is_empty() {
                        self.add_path(std::mem::take(&mut path));
                    }
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        TokenTree::Literal(literal) => self.add_literal(&literal.to_string()),
                        _ => {}
                    }
                }
            }
        }
        if !path.is_empty() {
            self.add_path(path);
        }
    }

    /// Adds a literal of a macro, if it is a text.
    fn add_literal(&mut self, written: &str) {
        if let Ok(text) = syn::parse_str::<syn::LitStr>(written) {
            self.add_text(&text);
        }
    }

    fn add_text(&mut self, text: &syn::LitStr) {
        if !self.in_test {
            self.source.texts.push(text.value());
        }
    }

    /// Visits what is below an item that may be for tests alone.
    fn within(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let outer = self.in_test;
        self.in_test |= attributes.iter().any(is_for_tests);
        visit(self);
        self.in_test = outer;
    }

    fn add_function(&mut self, attributes: &[syn::Attribute], signature: &syn::Signature) {
        if !self.in_test && !attributes.iter().any(is_for_tests) {
            self.source.functions.push(plain_name(&signature.ident));
        }
    }

    fn add_type(&mut self, attributes: &[syn::Attribute], name: &syn::Ident) {
        if !self.in_test && !attributes.iter().any(is_for_tests) {
            self.source.types.push(plain_name(name));
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.within(&item.attrs, |reader| reader.add_use(&item.tree, &[]));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let for_tests = item.attrs.iter().any(is_for_tests);
        if item.content.is_none() && for_tests {
            self.source.test_modules.push(plain_name(&item.ident));
        }
        self.modules.push(plain_name(&item.ident));
        self.within(&item.attrs, |reader| visit::visit_item_mod(reader, item));
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add_function(&item.attrs, &item.sig);
        self.within(&item.attrs, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.within(&item.attrs, |reader| visit::visit_item_impl(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add_function(&item.attrs, &item.sig);
        self.within(&item.attrs, |reader| {
            visit::visit_impl_item_fn(reader, item)
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.add_function(&item.attrs, &item.sig);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add_type(&item.attrs, &item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add_type(&item.attrs, &item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add_type(&item.attrs, &item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add_type(&item.attrs, &item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| plain_name(&s.ident));
        self.add_path(segments.collect());
        visit::visit_path(self, path);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.add_text(text);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if !attribute.path().is_ident("doc") {
            visit::visit_attribute(self, attribute);
        }
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.add_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.add_tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }
}

/// Returns whether an attribute is `#[cfg(test)]` or `#[test]`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    match &attribute.meta {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let names: HashSet<String> = list
                .tokens
                .clone()
                .into_iter()
                .map(|t| t.to_string())
                .collect();
            names.contains("test") && !names.contains("not")
        }
        _ => false,
    }
}

/// Returns a name without the `r#` of a raw one.
fn plain_name(name: &proc_macro2::Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// Returns a path from the root of the crate, if it leads there through `self` and `super`.
fn absolute_path(path: Vec<String>, module: &[String]) -> Vec<String> {
    let is_up = |name: &&String| *name == "super" || *name == "self";
    let ups = path.iter().take_while(is_up).count();
    let climbed = path[..ups].iter().filter(|name| *name == "super").count();
    if ups == 0 || climbed > module.len() {
        return path;
    }
    let base = module[..module.len() - climbed].iter().cloned();
    let root = std::iter::once("crate".to_owned());
    root.chain(base).chain(path.into_iter().skip(ups)).collect()
}

#[test]
fn lines_of_tests_do_not_count() {
    let code = "//! A.\n\n#[cfg(test)]\nmod tests;\n\nfn a() {\n}\n\n#[cfg(all(test, unix))]\nmod more {\n\n}\n";
    assert_eq!(count_lines(code), 6);
}
