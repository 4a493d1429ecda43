//! The few parts of pages that run in the browser. Their words come as props, so that texts stay on the server.
