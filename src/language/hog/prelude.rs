//! The library functions that are written in Hog. They are compiled into the snippets that use them, so that calling
//! the author's functions from them needs no way back from the runtime into a snippet.

/// The source of a library function written in Hog: one `fun` of that name. Names that start with two underscores are
/// the runtime's own (see [`super::resolved::Intrinsic`]) and exist only here.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    Some(match name {
        "arrayMap" => {
            "fun arrayMap(callback, list) {
                let items := __values(list)
                let mapped := __array(length(items))
                for (let item in items) { __append(mapped, callback(item)) }
                return mapped
            }"
        }
        "arrayFilter" => {
            "fun arrayFilter(callback, list) {
                let items := __values(list)
                let kept := __array(length(items))
                for (let item in items) { if (callback(item)) { __append(kept, item) } }
                return kept
            }"
        }
        "arrayExists" => {
            "fun arrayExists(callback, list) {
                for (let item in __values(list)) { if (callback(item)) { return true } }
                return false
            }"
        }
        "arrayCount" => {
            "fun arrayCount(callback, list) {
                let count := 0
                for (let item in __values(list)) { if (callback(item)) { count := count + 1 } }
                return count
            }"
        }
        "arrayReduce" => {
            "fun arrayReduce(callback, list, first) {
                let result := first
                for (let item in __values(list)) { result := callback(result, item) }
                return result
            }"
        }
        "sortableSemver" => "fun sortableSemver(text) { return __semver(text) }",
        "inCohort" => {
            "fun inCohort(cohort, cohorts) {
                if (cohorts is null) {
                    throw Error('inCohort() requires cohort membership to be loaded for this evaluation')
                }
                for (let id in __values(cohorts)) { if (id == cohort) { return true } }
                return false
            }"
        }
        "notInCohort" => {
            "fun notInCohort(cohort, cohorts) {
                if (cohorts is null) {
                    throw Error('notInCohort() requires cohort membership to be loaded for this evaluation')
                }
                for (let id in __values(cohorts)) { if (id == cohort) { return false } }
                return true
            }"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_prelude_has_a_source() {
        for function in jurybox_hog_abi::library::PRELUDE {
            let source = source(function.name).unwrap_or_else(|| panic!("no source for {}", function.name));
            let parsed = crate::language::hog::parser::parse(source).expect(function.name);
            let super::super::ast::StatementKind::Function { name, parameters, .. } =
                &parsed.program.statements[0].kind
            else {
                panic!("{} is not a function", function.name);
            };
            assert_eq!(name.text, function.name);
            assert_eq!(parameters.len(), function.max as usize, "{}", function.name);
        }
    }
}
