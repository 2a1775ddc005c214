#include "sim/media/video.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <vector>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/error.h"

namespace peekaboo::sim {
namespace {

constexpr int kLargestSide = 8192;  // pixels
constexpr int kLargestRate = 1000;  // frames a second

struct CodecDeleter {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct FormatDeleter {
  void operator()(AVFormatContext* format) const {
    if (format->pb) {  // the film, where it was not closed
      uint8_t* buffer = nullptr;
      avio_close_dyn_buf(format->pb, &buffer);
      av_free(buffer);
    }
    avformat_free_context(format);
  }
};
struct FrameDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct ScalerDeleter {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

std::string Reason(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = "";
  av_strerror(error, text, sizeof(text));
  return text;
}

int Even(int side) { return side + side % 2; }

}  // namespace

struct VideoWriter::Impl {
  Impl(const std::string& path, int height, int width, double fps, int scale)
      : file(path), height(height), width(width), scale(scale) {
    if (height < 1 || width < 1 || scale < 1 || height > kLargestSide / scale ||
        width > kLargestSide / scale) {
      Fail(fmt::format("a picture of {}x{} pixels, {} times as large, is not in 1..{}", height,
                       width, scale, kLargestSide));
    }
    if (!(fps > 0 && fps <= kLargestRate)) {
      Fail(fmt::format("frames a second must be above 0 and at most {}", kLargestRate));
    }
    OpenCodec(av_d2q(fps, 1'000'000));
    OpenFormat();
    frame.reset(av_frame_alloc());
    packet.reset(av_packet_alloc());
    PEEKABOO_CHECK(frame && packet);
    frame->format = codec->pix_fmt;
    frame->width = codec->width;
    frame->height = codec->height;
    Require(av_frame_get_buffer(frame.get(), 0), "no memory for a frame");
    scaler.reset(sws_getContext(codec->width, codec->height, AV_PIX_FMT_RGB24, codec->width,
                                codec->height, codec->pix_fmt, SWS_BILINEAR | SWS_ACCURATE_RND,
                                nullptr, nullptr, nullptr));
    if (!scaler) Fail("the picture cannot be converted for the encoder");
    // libswscale reads whole vectors, and so beyond the last pixel.
    picture.resize(static_cast<size_t>(codec->width) * codec->height * 3 +
                   AV_INPUT_BUFFER_PADDING_SIZE);
  }

  [[noreturn]] void Fail(const std::string& what) const { throw UserError(file.path(), what); }

  void Require(int result, const char* what) const {
    if (result < 0) Fail(fmt::format("{}: {}", what, Reason(result)));
  }

  void OpenCodec(AVRational rate) {
    const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
    const bool h264 = encoder != nullptr;
    if (!encoder) encoder = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    if (!encoder) Fail("libavcodec has neither an H.264 nor an MPEG-4 encoder here");
    codec.reset(avcodec_alloc_context3(encoder));
    PEEKABOO_CHECK(codec);
    codec->height = Even(height * scale);
    codec->width = Even(width * scale);
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = av_inv_q(rate);
    codec->framerate = rate;
    codec->log_level_offset = AV_LOG_TRACE;  // quiet: what matters is thrown
    codec->thread_count = 1;  // these pictures are small, and the bytes depend on the count
    codec->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
    if (h264) {
      av_opt_set(codec->priv_data, "crf", "16", 0);
    } else {
      codec->flags |= AV_CODEC_FLAG_QSCALE;
      codec->global_quality = 2 * FF_QP2LAMBDA;
    }
    Require(avcodec_open2(codec.get(), encoder, nullptr), "the video encoder does not start");
  }

  void OpenFormat() {
    AVFormatContext* opened = nullptr;
    Require(avformat_alloc_output_context2(&opened, nullptr, "mp4", nullptr),
            "libavformat cannot write MP4 here");
    format.reset(opened);
    stream = avformat_new_stream(format.get(), nullptr);
    PEEKABOO_CHECK(stream);
    stream->time_base = codec->time_base;
    stream->avg_frame_rate = codec->framerate;
    Require(avcodec_parameters_from_context(stream->codecpar, codec.get()),
            "the encoder's settings do not fit into MP4");
    format->flags |= AVFMT_FLAG_BITEXACT;  // no date, no library version
    // MP4 goes back to patch its header, which a file written front to back cannot.
    Require(avio_open_dyn_buf(&format->pb), "no memory for the film");
    Require(avformat_write_header(format.get(), nullptr), "cannot begin the film");
  }

  /// The encoded film, to be asked for once; empty if it did not fit.
  std::string CloseBuffer() {
    std::string bytes;
    uint8_t* buffer = nullptr;
    const int size = avio_close_dyn_buf(format->pb, &buffer);
    format->pb = nullptr;
    if (buffer && size > 0) bytes.assign(reinterpret_cast<const char*>(buffer), size);
    av_free(buffer);
    return bytes;
  }

  /// `input` nullptr: no more frames follow.
  void Encode(const AVFrame* input) {
    Require(avcodec_send_frame(codec.get(), input), "the encoder refuses a frame");
    while (true) {
      const int result = avcodec_receive_packet(codec.get(), packet.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
      Require(result, "the encoder fails");
      packet->stream_index = stream->index;
      packet->duration = 1;
      av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
      Require(av_interleaved_write_frame(format.get(), packet.get()), "cannot add a frame");
    }
  }

  AtomicFile file;
  int height, width, scale;
  int64_t frames = 0;
  bool closed = false;
  std::vector<uint8_t> picture;  // [codec's height, width, 3], enlarged; padded
  std::unique_ptr<AVCodecContext, CodecDeleter> codec;
  std::unique_ptr<AVFormatContext, FormatDeleter> format;
  AVStream* stream = nullptr;  // the format's
  std::unique_ptr<AVFrame, FrameDeleter> frame;
  std::unique_ptr<AVPacket, PacketDeleter> packet;
  std::unique_ptr<SwsContext, ScalerDeleter> scaler;
};

VideoWriter::VideoWriter(const std::string& path, int height, int width, double fps, int scale)
    : impl_(std::make_unique<Impl>(path, height, width, fps, scale)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

void VideoWriter::Add(std::span<const uint8_t> rgb) {
  PEEKABOO_CHECK(impl_ && !impl_->closed);
  Impl& impl = *impl_;
  PEEKABOO_CHECK(rgb.size() == static_cast<size_t>(impl.height) * impl.width * 3);
  uint8_t* out = impl.picture.data();
  for (int y = 0; y < impl.codec->height; ++y) {
    const size_t row = static_cast<size_t>(std::min(y / impl.scale, impl.height - 1)) * impl.width;
    for (int x = 0; x < impl.codec->width; ++x, out += 3) {
      const size_t pixel = row + static_cast<size_t>(std::min(x / impl.scale, impl.width - 1));
      std::copy_n(&rgb[3 * pixel], 3, out);
    }
  }
  // The encoder may still hold the frame it was given last.
  impl.Require(av_frame_make_writable(impl.frame.get()), "no memory for a frame");
  const uint8_t* planes[1] = {impl.picture.data()};
  const int strides[1] = {3 * impl.codec->width};
  sws_scale(impl.scaler.get(), planes, strides, 0, impl.codec->height, impl.frame->data,
            impl.frame->linesize);
  impl.frame->pts = impl.frames++;
  impl.Encode(impl.frame.get());
}

void VideoWriter::Close() {
  PEEKABOO_CHECK(impl_ && !impl_->closed);
  Impl& impl = *impl_;
  impl.closed = true;
  if (impl.frames == 0) impl.Fail("a film without frames");
  impl.Encode(nullptr);
  impl.Require(av_write_trailer(impl.format.get()), "cannot finish the film");
  const std::string bytes = impl.CloseBuffer();
  if (bytes.empty()) impl.Fail("the film is too long for the memory");
  impl.file.Write(bytes);
  impl.file.Commit();
}

}  // namespace peekaboo::sim
