//! The two files of a standard, a zero between them: read, and judged by when they are sound.
#![no_main]

use jianjia_standard::{judge, kinds::Kind, load, subject::Subject};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: &str| {
    let (standard, facts) = texts.split_once('\0').unwrap_or((texts, ""));
    match load::texts(standard, facts) {
        Ok(standard) => {
            for kind in Kind::ALL {
                let subject = Subject::unknown("s".to_owned(), kind);
                judge::judge(&standard, &subject, date(2016, 10, 15));
            }
        }
        Err(mistakes) => assert!(!mistakes.is_empty()),
    }
});
