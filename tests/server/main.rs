//! The service, as its clients meet it: the real program, a real port, a real database.

mod support;
