//! Links the program at a fixed address where that is known to work.
//!
//! A position-independent executable is relocated each time it starts: here 60,000 pointers, most
//! of them in the time zone tables, which cost more than everything else that `mx --version` does.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
