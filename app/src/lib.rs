//! The application as people see it: pages, islands and the interfaces that the server implements.
