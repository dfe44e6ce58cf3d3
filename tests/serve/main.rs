//! `mx serve`, through the real binary: what it answers, whom it refuses, and what it sees.

mod access;
mod api;
mod client;
mod description;
mod events;
mod freshness;
mod hostile;
mod limits;
