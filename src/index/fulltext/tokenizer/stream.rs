//! The tokenizer as the full text wants it.

use super::cut::Cutter;
use super::terms::Terms;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The tokenizer of titles, headings and bodies.
#[derive(Default)]
pub struct SectionTokenizer {
    terms: Terms,
    token: Token,
}

/// A clone shares nothing: working memory belongs to one thread.
impl Clone for SectionTokenizer {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Tokenizer for SectionTokenizer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.terms.reset();
        self.token.reset();
        TermStream {
            terms: &mut self.terms,
            token: &mut self.token,
            cutter: Cutter::new(text),
            next: 0,
        }
    }
}

/// The terms of one text, one after the other.
pub struct TermStream<'a> {
    terms: &'a mut Terms,
    token: &'a mut Token,
    cutter: Cutter<'a>,
    next: usize,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while self.next >= self.terms.len() {
            if !self.terms.advance(&mut self.cutter) {
                return false;
            }
            self.next = 0;
        }
        let term = self.terms.term(self.next);
        self.next += 1;
        self.token.text.clear();
        self.token.text.push_str(term.text);
        self.token.offset_from = term.range.start;
        self.token.offset_to = term.range.end;
        self.token.position = term.position;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
