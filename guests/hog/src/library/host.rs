//! What needs the host: printing, randomness, waiting.

use jurybox_hog_abi::Value;

use crate::python::write_hex;
use crate::text::Builder;
use crate::{failure, host, list, number, print as printed, types};

pub fn print(arguments: &[Value]) -> Value {
    let mut line = Builder::with_capacity(240);
    for (number, argument) in arguments.iter().enumerate() {
        if number != 0 {
            line.push_byte(b' ');
        }
        printed::write_plain(*argument, &mut line);
    }
    host::log(line.text());
    line.discard();
    Value::NULL
}

pub fn random_float(_: &[Value]) -> Value {
    // The upper 53 bits are as many as a float in [0, 1) can hold evenly.
    Value::float((host::random() >> 11) as f64 / (1u64 << 53) as f64)
}

pub fn generate_uuid(_: &[Value]) -> Value {
    let high = host::random() & !0xF000 | 0x4000;
    let low = host::random() >> 2 | 1 << 63;
    let mut out = Builder::with_capacity(36);
    write_hex((high >> 32) as u32, 8, &mut out);
    for (group, digits) in [
        (high as u32 >> 16, 4),
        (high as u32 & 0xFFFF, 4),
        ((low >> 48) as u32, 4),
    ] {
        out.push_byte(b'-');
        write_hex(group, digits, &mut out);
    }
    out.push_byte(b'-');
    write_hex((low >> 32) as u32 & 0xFFFF, 4, &mut out);
    write_hex(low as u32, 8, &mut out);
    out.finish_ascii()
}

/// Waits for nothing: the clock stands still. It costs fuel in proportion, so that waiting is no way around the limit.
pub fn sleep(arguments: &[Value]) -> Value {
    const STEPS_PER_SECOND: f64 = 1e8;
    const MOST_SECONDS: f64 = 60.0;
    let Some(seconds) = number::approximate(arguments[0]) else {
        failure::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer",
            types::python_name(arguments[0])
        ));
    };
    let steps = (seconds.clamp(0.0, MOST_SECONDS) * STEPS_PER_SECOND) as u64;
    for step in 0..steps {
        std::hint::black_box(step);
    }
    Value::NULL
}

/// A query finds nothing: there is no database here.
pub fn run(_: &[Value]) -> Value {
    list::new_array(&[])
}
