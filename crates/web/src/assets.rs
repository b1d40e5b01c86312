//! Style, script and pictures, embedded; addressed by their content so that browsers keep them for ever.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    body::Body,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

static ADDRESSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let hash = hex::encode(&Sha256::digest(&file.data)[..6]);
            Some((name.to_string(), format!("/assets/{hash}/{name}")))
        })
        .collect()
});

/// The address of an asset: `/assets/<hash>/style.css`.
pub fn address(name: &str) -> &'static str {
    ADDRESSES
        .get(name)
        .map_or("/assets/missing", String::as_str)
}

/// The text of an asset that has an address of its own besides.
pub fn text(name: &str) -> Vec<u8> {
    Files::get(name).map_or_else(Vec::new, |file| file.data.into_owned())
}

/// Serves an asset. The hash only makes the address new when the content is; any hash gives today's content.
pub async fn serve(Path((_hash, name)): Path<(String, String)>) -> Response {
    let Some(file) = Files::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let body = match STYLES.get(&name) {
        Some(style) => Body::from(style.as_str()),
        None => Body::from(file.data.into_owned()),
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        body,
    )
        .into_response()
}

/// The style sheets as they are sent, by name: what is there for people who read their source makes a tenth of them.
static STYLES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter(|name| name.ends_with(".css"))
        .filter_map(|name| {
            let file = Files::get(&name)?;
            Some((name.to_string(), lean(&String::from_utf8_lossy(&file.data))))
        })
        .collect()
});

/// A style sheet without comments and indentation. None of ours has either within a text in quotes.
fn lean(style: &str) -> String {
    let mut rest = style;
    let mut kept = String::with_capacity(style.len());
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |lean, line| lean + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_is_sent_without_what_is_there_for_its_readers() {
        let style = "/* Calm. */\n\n:root {\n  --ink: #211c17; /* dark */\n}\n/* open";
        assert_eq!(lean(style), ":root {\n--ink: #211c17;\n}\n");
        assert!(STYLES["style.css"].len() > 10_000);
    }
}
