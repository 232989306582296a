//! Events that mean harm.

/// A thousand keys whose hashes share their lower bits, so that they fill one run of an index.
pub fn colliding_keys() -> String {
    let keys = (0_u32..1_000_000)
        .map(|number| format!("{number:08x}"))
        .filter(|key| jurybox_hog_abi::hash::string(key.as_bytes()).trailing_zeros() >= 9)
        .take(1000);
    let fields: Vec<_> = keys.map(|key| format!("\"{key}\":1")).collect();
    format!("{{\"metadata\":{{{}}}}}", fields.join(","))
}

/// As deep as events may be, and as wide as the memory of most metrics allows.
pub fn deep_and_wide() -> String {
    let deep = format!("{}1{}", "[{\"a\":".repeat(60), "}]".repeat(60));
    let wide = "[],{},".repeat(3000);
    format!("{{\"properties\":{{\"deep\":{deep},\"wide\":[{wide}0]}},\"input\":{deep},\"output\":[{wide}null]}}")
}

/// A megabyte of text.
pub fn large() -> String {
    format!("{{\"output\":\"{}\"}}", "ä\\n".repeat((1 << 20) / 4))
}
