#include "sim/episode/episode_columns.h"

#include <type_traits>
#include <utility>

namespace peekaboo::sim {
namespace {

template <typename T>
EpisodeColumn Column(const char* name, std::vector<T> Episode::*member,
                     std::vector<hsize_t> shape) {
  EpisodeColumn column{name, H5T_STD_U8LE, H5T_NATIVE_UINT8, sizeof(T), std::move(shape), {}, {}};
  if constexpr (std::is_same_v<T, float>) {
    column.type = H5T_IEEE_F32LE;
    column.memory = H5T_NATIVE_FLOAT;
  } else if constexpr (std::is_same_v<T, int32_t>) {
    column.type = H5T_STD_I32LE;
    column.memory = H5T_NATIVE_INT32;
  }
  column.fill = [member, width = column.Width()](Episode* episode, int frames) -> void* {
    auto& values = episode->*member;
    values.resize(width * static_cast<size_t>(frames));
    return values.data();
  };
  column.data = [member](const Episode& episode, size_t* count) -> const void* {
    const auto& values = episode.*member;
    *count = values.size();
    return values.data();
  };
  return column;
}

}  // namespace

std::vector<EpisodeColumn> ColumnsOf(const EpisodeSchema& schema) {
  const auto objects = static_cast<hsize_t>(schema.objects.size());
  std::vector<EpisodeColumn> columns = {
      Column("action", &Episode::action, {static_cast<hsize_t>(schema.action_size)}),
      Column("qpos", &Episode::qpos, {static_cast<hsize_t>(schema.qpos_size)}),
      Column("qvel", &Episode::qvel, {static_cast<hsize_t>(schema.qvel_size)}),
      Column("present", &Episode::present, {objects}),
      Column("image_xy", &Episode::image_xy, {objects, 2}),
      Column("visible", &Episode::visible, {schema.has_visible ? objects : 0}),
  };
  std::erase_if(columns, [](const EpisodeColumn& column) { return column.Width() == 0; });
  return columns;
}

}  // namespace peekaboo::sim
