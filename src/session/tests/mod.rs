//! Records for the tests of this module and of those that use it.

pub(crate) mod samples;
