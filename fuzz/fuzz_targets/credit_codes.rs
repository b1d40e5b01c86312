//! Unified social credit codes as people type them.
#![no_main]

use jianjia_domain::{core::refusal::Refuse, register::credit_code};
use jianjia_standard::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match credit_code::read(text) {
        Ok(code) => {
            assert_eq!(code.len(), 18);
            assert_eq!(credit_code::read(&code), Ok(code.clone()));
            assert_eq!(
                credit_code::check_character(&code[..17]),
                code.chars().last()
            );
        }
        Err(refusal) => {
            assert!(!refusal.sentence(Lang::Zh).is_empty());
            assert!(!refusal.sentence(Lang::En).is_empty());
        }
    }
    credit_code::check_character(text);
    credit_code::normalise(text);
});
