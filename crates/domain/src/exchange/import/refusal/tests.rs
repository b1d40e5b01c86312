use super::{told::content, *};

#[test]
fn a_file_that_is_no_table_is_named_in_the_words_of_the_language() {
    let refusal = ImportRefusal::FalseName { found: "text" };
    assert_eq!(
        refusal.sentence(Lang::Zh),
        "文件名说是表格，内容却是普通文字，没有导入。请用表格软件打开原来的表，另存为 .xlsx 后再上传，不要只改后缀。"
    );
    let refusal = ImportRefusal::NotATable { found: "Word" };
    assert_eq!(
        refusal.sentence(Lang::En),
        "This file is not a table (its content is a Word document). Nothing was imported. Upload .xlsx or .csv, ideally made from the empty template."
    );
    // Every kind that reading tells apart has its words.
    for found in [
        "text", "binary", "program", "PDF", "Word", "PNG", "JPEG", "GIF", "ZIP", "RAR", "7z",
    ] {
        assert_ne!(
            content(found, Lang::Zh),
            content(found, Lang::En),
            "{found}"
        );
    }
}
