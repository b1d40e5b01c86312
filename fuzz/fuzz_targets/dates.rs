//! Days as people type them, in forms, tables and judge lines.
#![no_main]

use jianjia_domain::core::day;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(day) = day::read(text) else {
        return;
    };
    assert_eq!(day::read(&day.to_string()), Some(day));
    if (1..=9998).contains(&day.year()) {
        assert_eq!(day::day_of(day::start_of(day)), day);
    }
});
