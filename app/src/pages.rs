//! The pages by area. They load through `api`, print what they got, and decide nothing.

pub mod home;
pub mod portal;
