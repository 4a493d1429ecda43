//! To be filled by its area.
