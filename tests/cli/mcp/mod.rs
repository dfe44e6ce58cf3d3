//! `mx mcp`: the server as its clients see it, through the real binary.

mod child;
mod client;
mod hostile;
mod imports;
mod install;
mod projects;
mod protocol;
mod tools;
