//! An urlencoded form, read as pairs and as the fields of a page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

#[path = "../../crates/web/src/form/fields.rs"]
mod fields;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    csrf: String,
    unit: Option<String>,
    years: Vec<i16>,
    roles: Vec<String>,
    agreed: bool,
}

fuzz_target!(|form: &[u8]| {
    let streamed = form_urlencoded::parse(form).count();
    if let Ok(pairs) = fields::read::<Vec<(String, String)>>(form) {
        assert!(pairs.len() <= fields::FIELDS_LIMIT);
        assert_eq!(pairs.len(), streamed);
    }
    if let Ok(page) = fields::read::<Page>(form) {
        assert!(format!("{page:?}").len() <= 200 + 16 * form.len());
    }
});
