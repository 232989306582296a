//! The service, as its clients meet it: the real program, a real port, a real database.

mod capture;
mod datasets;
mod evaluations;
mod filters;
mod honeyhive;
mod isolation;
mod keys;
mod limits;
mod live;
mod native;
mod observability;
mod openapi;
mod raw;
mod readme;
mod remote;
mod routes;
mod runs;
mod samples;
mod shutdown;
mod support;
mod test_hog;
