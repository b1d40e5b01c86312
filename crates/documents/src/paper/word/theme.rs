//! The theme of a document: colours, fonts and effects by which a reader offers others. The text asks for none of them.

use quick_xml::escape::escape;

use crate::paper::{font::Fonts, layout::Role, word::XML};

/// The colours' names in the order of the schema, with those that office programs come with.
const COLORS: [(&str, &str); 12] = [
    ("dk1", "000000"),
    ("lt1", "FFFFFF"),
    ("dk2", "44546A"),
    ("lt2", "E7E6E6"),
    ("accent1", "4472C4"),
    ("accent2", "ED7D31"),
    ("accent3", "A5A5A5"),
    ("accent4", "FFC000"),
    ("accent5", "5B9BD5"),
    ("accent6", "70AD47"),
    ("hlink", "0563C1"),
    ("folHlink", "954F72"),
];

const MAIN: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";

/// The part `theme.xml`. The schema asks for three of each effect.
pub(super) fn theme(fonts: &Fonts) -> String {
    let colors: String = COLORS
        .iter()
        .map(|(name, color)| format!("<a:{name}><a:srgbClr val=\"{color}\"/></a:{name}>"))
        .collect();
    let faces = |role: Role| {
        let word = escape(&fonts.roles.of(role).word);
        format!("<a:latin typeface=\"{word}\"/><a:ea typeface=\"{word}\"/><a:cs typeface=\"\"/>")
    };
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let line =
        "<a:ln w=\"6350\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>".repeat(3);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "{XML}<a:theme xmlns:a=\"{MAIN}\" name=\"Jianjia\"><a:themeElements>\
         <a:clrScheme name=\"Jianjia\">{colors}</a:clrScheme>\
         <a:fontScheme name=\"Jianjia\"><a:majorFont>{}</a:majorFont><a:minorFont>{}</a:minorFont></a:fontScheme>\
         <a:fmtScheme name=\"Jianjia\"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst>\
         <a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme>\
         </a:themeElements></a:theme>",
        faces(Role::Heading),
        faces(Role::Body),
    )
}
