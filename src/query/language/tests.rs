use super::*;
use crate::kb::PathGlob;
use proptest::prelude::*;

const NOW: &str = "2026-04-01T12:00:00Z";

fn query(text: &str) -> Query {
    let now = Timestamp::parse_rfc3339(NOW).expect("a time");
    parse_query(text, now, Zone::UTC)
}

fn surfaces(atoms: &[Atom]) -> String {
    let surfaces: Vec<&str> = atoms.iter().map(|atom| atom.surface.as_str()).collect();
    surfaces.join(".")
}

fn show_unit(unit: &Unit) -> String {
    let compounds = |all: &[Compound]| {
        let all: Vec<String> = all.iter().map(|c| surfaces(&c.atoms)).collect();
        all.join(" ")
    };
    let shown = match &unit.kind {
        UnitKind::Word(word) => surfaces(&word.atoms),
        UnitKind::Phrase(phrase) => format!("\"{}\"", compounds(phrase)),
        UnitKind::Prefix { before, prefix } => format!("{}>{prefix}*", surfaces(before)),
        UnitKind::Tag(tag) => format!("tag={tag}"),
    };
    let field = if unit.field == Field::Title {
        "title="
    } else {
        ""
    };
    let tag = unit.tag.as_ref().map(|tag| format!("#{tag}"));
    format!("{field}{shown}{}", tag.unwrap_or_default())
}

/// A query in one line: clauses, `-` exclusions, then filters.
fn show(text: &str) -> String {
    let query = query(text);
    let mut parts = Vec::new();
    for clause in &query.required {
        let any: Vec<String> = clause.any.iter().map(show_unit).collect();
        parts.push(any.join("|"));
    }
    parts.extend(
        query
            .excluded
            .iter()
            .map(|unit| format!("-{}", show_unit(unit))),
    );
    let filters = &query.filters;
    parts.extend(filters.tags.iter().map(|tag| format!("+tag={tag}")));
    parts.extend(filters.not_tags.iter().map(|tag| format!("+nottag={tag}")));
    let texts = |globs: &[PathGlob]| -> Vec<String> {
        globs.iter().map(|glob| glob.as_str().to_owned()).collect()
    };
    for (name, values) in [
        ("project", filters.projects.concat()),
        ("notproject", filters.not_projects.clone()),
        ("path", texts(&filters.paths.concat())),
        ("notpath", texts(&filters.not_paths)),
    ] {
        parts.extend(values.iter().map(|value| format!("+{name}={value}")));
    }
    parts.extend(filters.since.map(|time| format!("+since={time}")));
    parts.extend(filters.until.map(|time| format!("+until={time}")));
    parts.join(" ; ")
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(show(text), *expected, "{text}");
    }
}

#[test]
fn words_and_phrases() {
    check(&[
        ("auth module", "auth ; module"),
        ("\"auth module\"", "\"auth module\""),
        ("“auth module”", "\"auth module\""),
        ("\"deploys\"", "\"deploys\""),
        ("foo,bar", "foo ; bar"),
        ("rateLimiter", "rate.limiter"),
        ("src/auth/rate-limiter.ts", "src.auth.rate.limiter.ts"),
        ("限流 Rust言語", "限.流 ; rust ; 言.語"),
        ("Deploy deploy", "deploy"),
        ("\"a b\"c", "\"a b\" ; c"),
        ("\"2026-01-11 14:45\"", "\"2026.01.11 14.45\""),
    ]);
}

#[test]
fn exclusions() {
    check(&[
        ("a -bc", "a ; -bc"),
        ("a -\"old plan\"", "a ; -\"old plan\""),
        ("a -foo,bar", "a ; -\"foo bar\""),
        ("a -title:x -deploy*", "a ; -title=x ; ->deploy*"),
        ("tag:y -bc", "-bc ; +tag=y"),
        (
            "-tag:x -project:p -path:old/**",
            "+nottag=x ; +notproject=p ; +notpath=old/**",
        ),
        ("well-known", "well.known"),
    ]);
}

#[test]
fn exclusions_alone_and_flags_are_taken_literally() {
    check(&[
        ("-redis", "redis"),
        ("-\"old plan\" -bc", "\"old plan\" ; bc"),
        ("gcc -Wall -O2 -x", "gcc ; wall ; o2 ; x"),
        ("tail -9 --follow", "tail ; 9 ; follow"),
    ]);
}

#[test]
fn what_is_demanded_is_marked() {
    let demanded = |text: &str| -> Vec<bool> {
        let query = query(text);
        query
            .required
            .iter()
            .map(|clause| clause.demanded)
            .collect()
    };
    assert_eq!(demanded("a +b c"), [false, true, false]);
    assert_eq!(demanded("b +b"), [true]);
    assert_eq!(demanded("c++ ++x + y"), [false, false, false]);
    check(&[("a +b", "a ; b"), ("+\"b c\"", "\"b c\"")]);
}

#[test]
fn alternatives_bind_their_neighbours() {
    check(&[
        ("a b OR c d", "a ; b|c ; d"),
        ("a OR b OR c", "a|b|c"),
        ("\"a b\" OR c*", "\"a b\"|>c*"),
        ("foo,bar OR x", "\"foo bar\"|x"),
        ("a OR a", "a"),
        ("a OR * b", "a|b"),
        ("tag:a OR tag:b", "tag=a|tag=b"),
        ("x OR tag:b y", "x|tag=b ; y"),
        ("project:a OR project:b x", "x ; +project=a ; +project=b"),
        ("path:a OR path:b OR path:c", "+path=a ; +path=b ; +path=c"),
    ]);
}

#[test]
fn prefixes() {
    check(&[
        ("deploy*", ">deploy*"),
        ("Café*", ">cafe*"),
        ("rate-lim*", "rate>lim*"),
        ("foo,ba*", "foo ; >ba*"),
        ("title:auth*", "title=>auth*"),
        ("認証*", "認.証"),
        ("**bold**", "bold"),
        ("wor*d", "wor ; d"),
        ("src/*", "src"),
        ("*", ""),
    ]);
}

#[test]
fn fields() {
    check(&[
        ("title:oauth", "title=oauth"),
        ("title:\"api keys\" x", "title=\"api keys\" ; x"),
        ("title:foo,bar", "title=foo ; title=bar"),
        ("tag:auth tag:#Web", "+tag=auth ; +tag=Web"),
        ("tag:a,b", "+tag=a ; +tag=b"),
        ("tags:a", "+tag=a"),
        ("project:\"my app\"", "+project=my app"),
        ("path:notes/**/*.md", "+path=notes/**/*.md"),
        ("since:2026-01-11", "+since=2026-01-11T00:00:00Z"),
        ("until:2026-01-11", "+until=2026-01-11T23:59:59Z"),
        ("since:\"last week\"", "+since=2026-03-23T00:00:00Z"),
        (
            "since:7d since:2d until:1d until:2h",
            "+since=2026-03-30T12:00:00Z ; +until=2026-03-31T12:00:00Z",
        ),
    ]);
}

#[test]
fn a_hash_is_a_word_or_a_tag() {
    check(&[
        ("#auth", "auth#auth"),
        ("#Auth,", "auth#Auth"),
        ("#a/b-c", "a.b.c#a/b-c"),
        ("a -#auth", "a ; -auth#auth"),
        ("#42", "42"),
        ("#", ""),
        ("C#", "c"),
        ("x OR #auth", "x|auth#auth"),
    ]);
}

#[test]
fn what_does_not_parse_is_taken_literally() {
    check(&[
        ("", ""),
        ("\"rate limiter", "rate ; limiter"),
        ("rate\" limiter", "rate ; limiter"),
        ("\"\" x", "x"),
        ("-", ""),
        ("- item", "item"),
        ("--no-refresh", "no.refresh"),
        ("a -\"open", "a ; -open"),
        ("OR", "or"),
        ("OR a", "or ; a"),
        ("a OR", "a ; or"),
        ("a OR OR b", "a ; or ; b"),
        ("a OR -bc", "a ; or ; -bc"),
        ("a or b", "a ; or ; b"),
        ("\"OR\"", "\"or\""),
        ("a OR since:7d", "a ; or ; +since=2026-03-25T12:00:00Z"),
        ("tag:", "tag"),
        ("tag: auth", "tag ; auth"),
        ("tag:\"\"", "tag"),
        ("tag:,", "tag"),
        ("tag:\"two words\"", "tag ; two ; words"),
        ("title:", "title"),
        ("title:?", "title"),
        ("since:rubbish", "since.rubbish"),
        ("since:7 days", "since.7 ; days"),
        ("a -since:7d", "a ; -since.7d"),
        ("path:[", "path"),
        ("foo:bar", "foo.bar"),
        ("http://x", "http.x"),
        ("C++", "c"),
        ("Tag:x", "tag.x"),
        ("?! ... →", ""),
        ("🎉", "🎉"),
    ]);
}

#[test]
fn a_query_of_megabytes_is_harmless() {
    for unit in [
        "a ", "a OR ", "限", "\"a b\" ", "-x ", "tag:y ", "a,", "\"", "a/", "aB",
    ] {
        let query = query(&unit.repeat(1_000_000 / unit.len()));
        assert!(query.required.len() <= UNITS && query.excluded.len() <= UNITS);
        assert!(query.filters.tags.len() <= UNITS);
    }
    let many: String = (0..1000).map(|n| format!("w{n} ")).collect();
    assert_eq!(query(&many).required.len(), UNITS);
}

#[test]
fn the_text_of_a_unit_is_what_was_written() {
    let query = query("Rate-Limiter \"Api keys\" title:OAuth");
    let texts: Vec<&str> = query
        .required
        .iter()
        .map(|c| c.any[0].text.as_str())
        .collect();
    assert_eq!(texts, ["Rate-Limiter", "Api keys", "OAuth"]);
}

proptest! {
    #[test]
    fn every_text_is_a_query(
        text in prop_oneof![
            any::<String>(),
            prop::collection::vec(
                prop_oneof![
                    Just("OR"), Just(" "), Just("\""), Just("-"), Just("tag:"), Just("title:"),
                    Just("since:"), Just("7d"), Just("a"), Just("B1"), Just("*"), Just("#"),
                    Just("限"), Just("path:"), Just("“"), Just("é"), Just(","), Just("/"),
                ],
                0..30,
            ).prop_map(|parts| parts.concat()),
        ],
    ) {
        let query = query(&text);
        for clause in &query.required {
            prop_assert!(!clause.any.is_empty());
        }
        let units = query.required.iter().flat_map(|clause| &clause.any);
        for unit in units.chain(&query.excluded) {
            match &unit.kind {
                UnitKind::Word(word) => prop_assert!(!word.atoms.is_empty()),
                UnitKind::Phrase(phrase) => prop_assert!(!phrase.is_empty()),
                UnitKind::Prefix { prefix, .. } => prop_assert!(!prefix.is_empty()),
                UnitKind::Tag(_) => {}
            }
        }
    }
}
