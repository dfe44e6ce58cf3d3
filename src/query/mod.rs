//! Query language, search, ranking, snippets, recent. Writes nothing.
