//! The names of Hog's standard library and how many arguments each function takes.
//!
//! Source: PostHog's shared contract of its three virtual machines (`common/hogvm/spec/stl.json`).

/// A library function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, case-sensitive.
    pub name: &'static str,
    /// The least number of arguments.
    pub min: u32,
    /// The largest number of arguments; [`ANY`] for no bound.
    pub max: u32,
}

/// No bound on the number of arguments.
pub const ANY: u32 = u32::MAX;

const fn function(name: &'static str, min: u32, max: u32) -> Function {
    Function { name, min, max }
}

/// The functions of the runtime, sorted by name; the position is the number that compiled code calls them by.
pub const FUNCTIONS: &[Function] = &[
    function("Error", 0, 2),
    function("HogError", 1, 3),
    function("JSONExtract", 2, ANY),
    function("JSONExtractArrayRaw", 1, ANY),
    function("JSONExtractBool", 1, ANY),
    function("JSONExtractFloat", 1, ANY),
    function("JSONExtractInt", 1, ANY),
    function("JSONExtractString", 1, ANY),
    function("JSONHas", 1, ANY),
    function("JSONLength", 1, ANY),
    function("NotImplementedError", 0, 2),
    function("RetryError", 0, 2),
    function("addDays", 2, 2),
    function("and", 1, ANY),
    function("arrayPopBack", 1, 1),
    function("arrayPopFront", 1, 1),
    function("arrayPushBack", 2, 2),
    function("arrayPushFront", 2, 2),
    function("arrayReverse", 1, 1),
    function("arrayReverseSort", 1, ANY),
    function("arraySort", 1, ANY),
    function("arrayStringConcat", 1, 2),
    function("assumeNotNull", 1, 1),
    function("base64Decode", 1, 1),
    function("base64Encode", 1, 1),
    function("coalesce", 1, ANY),
    function("concat", 1, ANY),
    function("dateAdd", 3, 3),
    function("dateDiff", 3, 3),
    function("dateTrunc", 2, 3),
    function("decodeURLComponent", 1, 1),
    function("empty", 1, 1),
    function("encodeURLComponent", 1, 1),
    function("equals", 2, 2),
    function("extract", 2, 2),
    function("extractRegex", 2, 2),
    function("floor", 1, 2),
    function("formatDateTime", 2, 3),
    function("fromUnixTimestamp", 1, 1),
    function("fromUnixTimestampMilli", 1, 1),
    function("generateUUIDv4", 0, 0),
    function("greater", 2, 2),
    function("greaterOrEquals", 2, 2),
    function("has", 2, 2),
    function("if", 3, 3),
    function("ifNull", 2, 2),
    function("ilike", 2, 2),
    function("in", 2, 2),
    function("indexOf", 2, 2),
    function("isIPAddressInRange", 2, 2),
    function("isNotNull", 1, 1),
    function("isNull", 1, 1),
    function("isValidJSON", 1, 1),
    function("jsonParse", 1, 1),
    function("jsonStringify", 1, 2),
    function("keys", 1, 1),
    function("length", 1, 1),
    function("less", 2, 2),
    function("lessOrEquals", 2, 2),
    function("like", 2, 2),
    function("lower", 1, 1),
    function("match", 2, 2),
    function("max2", 2, 2),
    function("md5", 1, 2),
    function("md5Hex", 1, 1),
    function("min2", 2, 2),
    function("minus", 2, 2),
    function("multiIf", 3, ANY),
    function("multiSearchAnyCaseInsensitive", 2, 2),
    function("not", 1, 1),
    function("notEmpty", 1, 1),
    function("notEquals", 2, 2),
    function("notILike", 2, 2),
    function("notLike", 2, 2),
    function("now", 0, 1),
    function("or", 1, ANY),
    function("plus", 2, 2),
    function("position", 2, 3),
    function("positionCaseInsensitive", 2, 3),
    function("print", 0, ANY),
    function("randomFloat", 0, 0),
    function("range", 1, 2),
    function("replaceAll", 3, 3),
    function("replaceOne", 3, 3),
    function("reverse", 1, 1),
    function("round", 1, 2),
    function("run", 1, 1),
    function("sha1", 1, 2),
    function("sha1Hex", 1, 1),
    function("sha1HmacChain", 1, 2),
    function("sha1HmacChainHex", 1, 1),
    function("sha256", 1, 2),
    function("sha256Hex", 1, 1),
    function("sha256HmacChain", 1, 2),
    function("sha256HmacChainHex", 1, 1),
    function("sleep", 1, 1),
    function("splitByString", 2, 3),
    function("startsWith", 2, 2),
    function("substring", 2, 3),
    function("toDate", 1, 1),
    function("toDateTime", 1, 2),
    function("toFloat", 1, 1),
    function("toInt", 1, 1),
    function("toIntervalDay", 1, 1),
    function("toIntervalHour", 1, 1),
    function("toIntervalMinute", 1, 1),
    function("toIntervalMonth", 1, 1),
    function("toMonth", 1, 1),
    function("toStartOfDay", 1, 2),
    function("toStartOfHour", 1, 1),
    function("toStartOfMonth", 1, 1),
    function("toStartOfWeek", 1, 2),
    function("toString", 1, 2),
    function("toTimeZone", 2, 2),
    function("toUUID", 1, 1),
    function("toUnixTimestamp", 1, 2),
    function("toUnixTimestampMilli", 1, 2),
    function("toYYYYMM", 1, 1),
    function("toYear", 1, 1),
    function("today", 0, 0),
    function("trim", 1, 2),
    function("trimLeft", 1, 2),
    function("trimRight", 1, 2),
    function("tryBase64Decode", 1, 1),
    function("tryDecodeURLComponent", 1, 1),
    function("tuple", 0, ANY),
    function("typeof", 1, 1),
    function("upper", 1, 1),
    function("values", 1, 1),
];

/// The functions that are written in Hog and compiled into the snippets that use them. They take an exact number of
/// arguments.
pub const PRELUDE: &[Function] = &[
    function("arrayCount", 2, 2),
    function("arrayExists", 2, 2),
    function("arrayFilter", 2, 2),
    function("arrayMap", 2, 2),
    function("arrayReduce", 3, 3),
    function("inCohort", 2, 2),
    function("notInCohort", 2, 2),
    function("sortableSemver", 1, 1),
];

/// The number of the runtime function with this name.
#[must_use]
pub fn find(name: &str) -> Option<usize> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()
}

/// The function written in Hog with this name.
#[must_use]
pub fn find_prelude(name: &str) -> Option<&'static Function> {
    PRELUDE.iter().find(|function| function.name == name)
}

/// Whether the host would offer this function outside a sandbox (`fetch` and the like): it compiles without a warning
/// about an unknown name, and calling it is an error.
#[must_use]
pub fn is_host_function(name: &str) -> bool {
    matches!(name, "fetch" | "postHogCapture")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        for (number, function) in FUNCTIONS.iter().enumerate() {
            assert_eq!(find(function.name), Some(number), "{}", function.name);
            assert!(function.min <= function.max, "{}", function.name);
        }
        assert_eq!(find("len"), None);
        assert_eq!(find_prelude("arrayMap").map(|function| function.max), Some(2));
    }
}
