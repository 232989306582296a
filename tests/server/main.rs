//! The service, as its clients meet it: the real program, a real port, a real database.

mod capture;
mod datasets;
mod evaluations;
mod filters;
mod honeyhive;
mod keys;
mod limits;
mod live;
mod native;
mod raw;
mod remote;
mod runs;
mod samples;
mod shutdown;
mod support;
mod test_hog;
