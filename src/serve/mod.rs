//! Pages for people and JSON for programs, over HTTP on this machine.

pub mod pages;
