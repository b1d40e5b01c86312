//! Stories of pictures: made small for those who may see them, lost, and too large to be opened.

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat};
use jianjia_app::{
    core::error::Error,
    year::evidence::{self, File, SMALL_SIDE},
};
use jianjia_domain::core::refusal::Refusal;
use jianjia_standard::Lang;

use super::{file, homes, photo, sentence};

#[tokio::test]
async fn a_photo_is_made_small_once_for_those_who_may_see_it_and_a_paper_never() {
    for home in homes().await {
        let app = &home.city.app;
        let mut large = Vec::new();
        DynamicImage::new_rgb8(300, 900)
            .write_to(&mut Cursor::new(&mut large), ImageFormat::Jpeg)
            .unwrap();
        let files = vec![file("会场.jpg", large), file("批复.pdf", "%PDF-1.4\n")];
        let ids = evidence::upload(app, &home.chair, &home.union.id, files, None)
            .await
            .unwrap();
        let (photo, paper) = (&ids[0], &ids[1]);
        let small = async |who, id| match evidence::small(app, who, id).await {
            Ok(jpeg) => Ok(jpeg.expect("a turn")),
            Err(error) => Err(error),
        };
        let first = small(&home.reviewer, photo).await.unwrap();
        let picture = image::load_from_memory_with_format(&first, ImageFormat::Jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), (107, SMALL_SIDE));
        // Kept in memory: the file is not read again, and whoever may not see it still doesn't.
        let (kept, _) = evidence::open(app, &home.chair, photo).await.unwrap();
        app.files.remove(&kept.hash).await.unwrap();
        assert_eq!(small(&home.chair, photo).await.unwrap(), first);
        let foreign = small(&home.stranger, photo).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        for who in [&home.chair, &home.reviewer, &home.stranger] {
            assert!(matches!(small(who, paper).await, Err(Error::NotFound)));
        }
    }
}

#[tokio::test]
async fn a_photo_that_was_lost_is_told_and_not_made_small() {
    for home in homes().await {
        let app = &home.city.app;
        let files = vec![file("照片.png", photo(ImageFormat::Png, false))];
        let ids = evidence::upload(app, &home.chair, &home.union.id, files, None)
            .await
            .unwrap();
        let (kept, _) = evidence::open(app, &home.chair, &ids[0]).await.unwrap();
        app.files.remove(&kept.hash).await.unwrap();
        let lost = evidence::small(app, &home.chair, &ids[0]).await;
        assert!(sentence(lost.unwrap_err()).starts_with("“照片.png”存放的文件已损坏或丢失"));
    }
}

/// The head of a PNG of 16,000 × 16,000 pixels of 16 bits, and nothing of its two gigabytes.
fn enormous() -> Bytes {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], content: &[u8]| {
        let named = [kind, content].concat();
        let mut check = flate2::Crc::new();
        check.update(&named);
        let length = u32::try_from(content.len()).expect("a short chunk");
        png.extend(length.to_be_bytes());
        png.extend(&named);
        png.extend(check.sum().to_be_bytes());
    };
    let side = 16_000_u32.to_be_bytes();
    chunk(b"IHDR", &[&side[..], &side, &[16, 6, 0, 0, 0]].concat());
    chunk(b"IDAT", &[0x78, 0x9c]);
    png.into()
}

#[tokio::test]
async fn a_picture_that_would_fill_the_memory_is_refused_with_its_size_and_what_to_do() {
    for home in homes().await {
        let files = vec![File {
            name: "会场.png".to_owned(),
            bytes: enormous(),
        }];
        let told = evidence::upload(&home.city.app, &home.chair, &home.union.id, files, None).await;
        let Err(Error::Refused(Refusal::Fields(fields))) = told else {
            panic!("{told:?}");
        };
        let sentences: Vec<String> = fields
            .iter()
            .map(|(_, told)| told.sentence(Lang::Zh))
            .collect();
        assert_eq!(
            sentences,
            [
                "“会场.png”这张图片太大（16000×16000 像素，最多 4000 万像素；16 位或带透明的更少），没有上传。请用看图软件把它缩小到一半以下，另存为 JPG 后再上传；手机拍照请关掉“高像素”模式。"
            ]
        );
    }
}
