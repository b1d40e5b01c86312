//! The text in an archive that says what each file is and how to check it without this program.

/// README.txt of the archive of a year, in Chinese and in English.
pub(super) fn text(city: &str, year: i16) -> String {
    include_str!("readme.txt")
        .replace("{city}", city)
        .replace("{year}", &year.to_string())
}
