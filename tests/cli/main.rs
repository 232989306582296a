//! The program from outside: what it writes, and how it ends.

mod check;
mod help;
mod refusals;
mod run;
mod support;
mod test;
