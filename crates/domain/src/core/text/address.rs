//! What can be a mail address.

/// The longest that a mail address may be (RFC 5321).
const LONGEST: usize = 254;

/// Whether it can be a mail address. Whether it is one only a letter can tell.
pub fn is_mail(address: &str) -> bool {
    let Some((name, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(character)
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    address.len() <= LONGEST
        && !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.chars().all(is_plain)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}
