//! The allocator and the collector: garbage goes, the rest stays as it is.

use jurybox_guest_hog::heap::{self, read_u32, write_u64};
use jurybox_guest_hog::{access, collector, functions, library, list, object, text};
use jurybox_hog_abi::memory_map::{
    EVENT, SHADOW, STATE_COLLECT, STATE_HEAP_LIMIT, STATE_HEAP_PEAK, STATE_HEAP_TOP, STATE_PENDING,
};
use jurybox_hog_abi::{Kind, Value, library as names};

use crate::support::{LIMIT, printed, run, value};

/// Writes one frame with these values to the shadow stack and returns where it ends.
fn frame(values: &[Value]) -> u32 {
    let size = 8 + values.len() as u32 * 8;
    let size = size.max(128);
    write_u64(SHADOW, u64::from(size) << 32 | values.len() as u64);
    for (number, value) in (1..).zip(values) {
        write_u64(SHADOW + number * 8, value.0);
    }
    SHADOW + size
}

fn used() -> u32 {
    read_u32(STATE_HEAP_TOP) - EVENT
}

#[test]
fn what_a_frame_reaches_stays() {
    run(|| {
        let kept = value("{'a': [1, 'text', {'b': tuple(2.5, 100000000000000000000)}], 'd': toDateTime(5)}");
        let error = value("HogError('T', 'message', ['payload'])");
        let cell = functions::new_cell(value("['in a cell']"));
        let closure = functions::new_closure(1, 2, text::new("name"), &[cell]);
        write_u64(STATE_PENDING, value("Error('in flight')").0);
        for _ in 0..3 {
            for number in 0..1000 {
                value("['garbage', {'of': 'all', 'kinds': [1, 2, 3]}]");
                access::set(kept, text::new(&format!("key {number}")), value("[1]"));
            }
            collector::collect(frame(&[kept, Value::NULL, error, closure]));
            value("['overwrites', 'what', 'was', 'freed', {'by': 'mistake'}]");
        }
        let keys = object::of(kept).unwrap();
        assert_eq!(keys.len(), 1002);
        assert!(keys.iter().skip(2).all(|entry| printed(entry.value) == "[1]"));
        assert_eq!(
            printed(access::get(kept, text::new("a"))),
            "[1, 'text', {'b': (2.5, 100000000000000000000)}]"
        );
        assert_eq!(printed(access::get(kept, text::new("d"))), "DateTime(5.0, 'UTC')");
        assert_eq!(printed(access::get(kept, text::new("key 999"))), "[1]");
        assert_eq!(printed(error), "T('message', ['payload'])");
        assert_eq!(printed(closure), "fn<name(2)>");
        assert_eq!(printed(Value(heap::read_u64(cell.0 as u32 + 8))), "['in a cell']");
        assert_eq!(printed(Value(heap::read_u64(STATE_PENDING))), "Error('in flight')");
    })
    .unwrap();
}

#[test]
fn a_garbage_loop_stays_small() {
    run(|| {
        let split = names::find("splitByString").unwrap() as u32;
        let mut kept = list::new_array(&[]);
        let arguments = [text::new(","), text::new("some,text,to,be,split,again,and,again")];
        let mut collections = 0;
        for number in 0..100_000 {
            let parts = library::call(split, &arguments);
            if number % 1000 == 0 {
                kept = library::call(names::find("arrayPushBack").unwrap() as u32, &[kept, parts]);
            }
            if read_u32(STATE_COLLECT) != 0 {
                collections += 1;
                collector::collect(frame(&[kept, arguments[0], arguments[1]]));
                assert_eq!(read_u32(STATE_COLLECT), 0);
            }
        }
        assert!(collections > 3, "{collections}");
        assert!(used() < 6 << 20, "{}", used());
        assert!(read_u32(STATE_HEAP_PEAK).max(read_u32(STATE_HEAP_TOP)) - EVENT < 6 << 20);
        let parts = list::of(kept).unwrap();
        assert_eq!(parts.len(), 100);
        let expected = printed(parts[0]);
        assert!(parts.iter().all(|part| printed(*part) == expected));
    })
    .unwrap();
}

#[test]
fn blocks_of_all_sizes_are_reused() {
    run(|| {
        let concat = names::find("concat").unwrap() as u32;
        let long = text::new(&"x".repeat(5000));
        let mut kept = Vec::new();
        for number in 0..30_000u32 {
            let part = text::new(&"y".repeat((number % 700) as usize));
            let whole = library::call(concat, &[part, if number % 5 == 0 { long } else { Value::NULL }]);
            if number % 500 == 0 {
                kept.push(whole);
            }
            if read_u32(STATE_COLLECT) != 0 {
                let mut roots = kept.clone();
                roots.push(long);
                collector::collect(frame(&roots));
            }
        }
        assert!(used() < 12 << 20, "{}", used());
        for (number, whole) in kept.iter().enumerate() {
            let number = number as u32 * 500;
            let length = number % 700 + if number.is_multiple_of(5) { 5000 } else { 0 };
            assert_eq!(text::of(*whole).unwrap().len(), length as usize);
        }
    })
    .unwrap();
}

#[test]
fn cycles_go_and_stay() {
    run(|| {
        let kept = value("{'name': 'kept'}");
        access::set(kept, text::new("self"), kept);
        collector::collect(frame(&[kept]));
        let before = used();
        for _ in 0..100_000 {
            let garbage = value("{'a': 1}");
            access::set(garbage, text::new("self"), list::new_array(&[garbage, kept]));
        }
        collector::collect(frame(&[kept]));
        assert_eq!(used(), before);
        assert_eq!(printed(kept), "{'name': 'kept', 'self': null}");
    })
    .unwrap();
}

#[test]
fn a_list_linked_a_million_times_is_marked_without_recursion() {
    run(|| {
        for value_first in [true, false] {
            let mut head = Value::NULL;
            for _ in 0..200_000 {
                head = list::new_array(&if value_first {
                    [Value::TRUE, head]
                } else {
                    [head, Value::TRUE]
                });
            }
            collector::collect(frame(&[head]));
            let mut length = 0;
            while let Some(items) = list::of(head) {
                head = items[usize::from(value_first)];
                length += 1;
            }
            assert_eq!(length, 200_000);
            collector::collect(frame(&[]));
            assert_eq!(used(), 0);
        }
    })
    .unwrap();
}

#[test]
fn what_lies_below_the_heap_is_left_alone() {
    run(|| {
        let constant = value("['constant', {'k': [1]}]");
        let top = read_u32(STATE_HEAP_TOP);
        heap::write_u32(jurybox_hog_abi::memory_map::STATE_HEAP_START, top);
        let kept = list::new_array(&[constant]);
        let before = heap::slice::<u8>(EVENT, top - EVENT).to_vec();
        collector::collect(frame(&[kept]));
        collector::collect(frame(&[]));
        assert_eq!(heap::slice::<u8>(EVENT, top - EVENT), before);
        assert_eq!(read_u32(STATE_HEAP_TOP), top);
    })
    .unwrap();
}

#[test]
fn the_limit_is_kept() {
    let failed = run(|| {
        let mut all = list::new_array(&[]);
        loop {
            all = list::new_array(&[all, Value::TRUE]);
            if read_u32(STATE_COLLECT) != 0 {
                collector::collect(frame(&[all]));
            }
        }
    });
    assert_eq!(
        failed.unwrap_err().class,
        jurybox_hog_abi::failure::Failure::OutOfMemory
    );
    assert!(read_u32(STATE_HEAP_TOP) <= read_u32(STATE_HEAP_LIMIT));
    assert!(used() > LIMIT / 4 * 3, "{}", used());
}

#[test]
fn arrays_with_room_take_as_many_as_they_have_room_for() {
    run(|| {
        let array = list::Filling::new(Kind::Array, 3).finish(Kind::Array);
        let address = array.address_of(Kind::Array).unwrap();
        assert!((0..3).all(|_| list::append(address, Value::TRUE)));
        assert!(!list::append(address, Value::TRUE));
        assert_eq!(printed(array), "[true, true, true]");
    })
    .unwrap();
}

#[test]
fn nesting_has_a_limit_where_walks_recurse() {
    for code in [printed as fn(Value) -> String, json, python, equality, hashing] {
        let failed = run(|| {
            let mut nested = Value::NULL;
            for _ in 0..100_000 {
                nested = list::new(Kind::Tuple, &[nested]);
            }
            code(nested)
        })
        .unwrap_err();
        assert_eq!(
            (failed.kind.as_str(), failed.message.as_str()),
            ("RecursionError", "maximum recursion depth exceeded")
        );
    }
    let failed = run(|| {
        library::call(
            names::find("jsonParse").unwrap() as u32,
            &[text::new(&"[".repeat(100_000))],
        )
    });
    assert_eq!(failed.unwrap_err().kind, "RecursionError");
}

fn json(value: Value) -> String {
    text::of(jurybox_guest_hog::json::to_text(value, None))
        .unwrap()
        .to_owned()
}

fn python(value: Value) -> String {
    text::of(jurybox_guest_hog::python::to_text(value)).unwrap().to_owned()
}

fn equality(value: Value) -> String {
    jurybox_guest_hog::compare::equals(value, jurybox_guest_hog::copy::copy(value)).to_string()
}

fn hashing(value: Value) -> String {
    printed(object::from_pairs(&[value, Value::TRUE]))
}

#[test]
fn large_objects_find_their_keys() {
    run(|| {
        let object = value("{}");
        let address = object.address_of(Kind::Object).unwrap();
        for number in 0..5000 {
            object::insert(address, value(&number.to_string()), value(&(number * 2).to_string()));
            object::insert(address, text::new(&number.to_string()), Value::TRUE);
        }
        assert_eq!(object::at(address).len(), 10_000);
        for number in 0..5000 {
            let key = value(&format!("{number}.0"));
            assert_eq!(printed(object::get(address, key).unwrap()), (number * 2).to_string());
            assert_eq!(object::get(address, text::new(&number.to_string())), Some(Value::TRUE));
        }
        assert_eq!(object::get(address, value("5000")), None);
        let copied = jurybox_guest_hog::copy::copy(object);
        assert_eq!(printed(access::get(copied, value("4999"))), "9998");
    })
    .unwrap();
}
