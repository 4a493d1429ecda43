//! The feed's parser itself, whose files need nothing else of the server. `src/feed` leads to them.

pub mod fact;
pub mod json;
pub mod line;
pub mod reader;
pub mod write;
