//! `mx serve`, through the real binary: what it answers, whom it refuses, and what it sees.
