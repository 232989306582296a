//! The library as others may list it, such as an editor.

use jurybox_hog_abi::library;

/// A function of Hog's standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryFunction {
    /// Its name, case-sensitive.
    pub name: &'static str,
    /// The least number of arguments.
    pub min_arguments: u32,
    /// The largest number of arguments; `None` where there is no bound.
    pub max_arguments: Option<u32>,
}

/// All functions of Hog's standard library.
pub fn library_functions() -> impl Iterator<Item = LibraryFunction> {
    let functions = library::FUNCTIONS.iter().chain(library::PRELUDE);
    functions.map(|function| LibraryFunction {
        name: function.name,
        min_arguments: function.min,
        max_arguments: (function.max != library::ANY).then_some(function.max),
    })
}
