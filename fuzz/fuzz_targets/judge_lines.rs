//! A line of `jianjia judge`: read, told what is wrong with it, or judged and written.
#![no_main]

use std::{path::Path, sync::LazyLock};

use jianjia_standard::{Lang, Standard, judge, load, subject_line};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

static STANDARD: LazyLock<Standard> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../standards/changzhou-2016");
    load::folder(&folder).expect("the standard is sound")
});

fuzz_target!(|line: &str| {
    let as_of = date(2016, 10, 15);
    match subject_line::read(&STANDARD, as_of, line) {
        Ok(subject) => {
            let judgement = judge::judge(&STANDARD, &subject, as_of);
            serde_json::to_vec(&judgement).expect("a judgement can be written");
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() < 200);
            for error in errors {
                assert!(error.sentence(Lang::Zh).len() < 4_000);
                assert!(error.sentence(Lang::En).len() < 4_000);
            }
        }
    }
});
