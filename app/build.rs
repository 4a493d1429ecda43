//! Compiles the crate anew when a text changes; the texts are read at compile time without Cargo's knowledge.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=locales");
}
