#include "worldmodel/kernels/grid_loops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

std::vector<float> Numbers(size_t count, uint64_t seed) {
  RandomStream random(seed, "grid", 0);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = static_cast<float>(random.Normal());
  return numbers;
}

template <typename T>
std::vector<T> Rounded(const std::vector<float>& numbers) {
  std::vector<T> rounded;
  for (const float number : numbers) rounded.push_back(FromFloat<T>(number));
  return rounded;
}

// One output, added up plainly in float64. weight [out, 9, in]; `back`: from outputs to inputs.
struct Plain {
  GridShape shape;
  std::vector<float> weight, of_image, of_position;
  bool back;

  double Weight(int64_t tap, int64_t in, int64_t out) const {
    return back ? weight[(in * 9 + 8 - tap) * shape.out + out]
                : weight[(out * 9 + tap) * shape.in + in];
  }
  template <typename T>
  double Sum(const std::vector<T>& x, int64_t image, int64_t position, int64_t out) const {
    double sum = of_image[image * shape.out + out] + of_position[position * shape.out + out];
    for (int64_t tap = 0; tap < 9; ++tap) {
      const int64_t row = position / shape.side + tap / 3 - 1,
                    column = position % shape.side + tap % 3 - 1;
      if (row < 0 || column < 0 || row >= shape.side || column >= shape.side) continue;
      const int64_t at = (image * shape.Positions() + row * shape.side + column) * shape.in;
      for (int64_t in = 0; in < shape.in; ++in) sum += ToFloat(x[at + in]) * Weight(tap, in, out);
    }
    return sum;
  }
};

template <typename T>
void ExpectPlainNumbers(GridLoops loops, const GridShape& shape, bool back, bool relu,
                        double tolerance) {
  const Plain plain{shape, Numbers(9 * shape.in * shape.out, 1),
                    Numbers(shape.images * shape.out, 2), Numbers(shape.Positions() * shape.out, 3),
                    back};
  const auto x = Rounded<T>(Numbers(shape.images * shape.Positions() * shape.in, 4));
  std::vector<T> y(shape.images * shape.Positions() * shape.out);
  const GridWeights::Sizes sizes =
      back ? GridWeights::Sizes{shape.in, shape.out} : GridWeights::Sizes{shape.out, shape.in};
  const GridWeights weights(plain.weight.data(), sizes, back,
                            sizeof(T) == 2 && loops == GridLoops::kAvx512Bf16);
  ConvolveGrid(x.data(), shape, weights, {plain.of_image.data(), plain.of_position.data()}, relu,
               y.data(), loops);
  for (int64_t i = 0; i < std::ssize(y); ++i) {
    const int64_t image = i / shape.out / shape.Positions();
    double sum = plain.Sum(x, image, i / shape.out % shape.Positions(), i % shape.out);
    if (relu) sum = std::fmax(sum, 0);
    ASSERT_NEAR(ToFloat(y[i]), sum, tolerance * (1 + std::abs(sum))) << i;
  }
}

TEST(GridLoops, EachGivesThePlainNumbers) {
  for (int each = 0; each <= static_cast<int>(BestGridLoops()); ++each) {
    SCOPED_TRACE(each);
    const auto loops = static_cast<GridLoops>(each);
    for (const GridShape& shape : {GridShape{1, 1, 1, 1}, GridShape{13, 4, 8, 64},
                                   GridShape{5, 3, 7, 20}, GridShape{7, 4, 6, 112}}) {
      for (const bool back : {false, true}) {
        ExpectPlainNumbers<float>(loops, shape, back, !back, 1e-5);
        ExpectPlainNumbers<Bf16>(loops, shape, back, !back, 0.05);
      }
    }
  }
}

// So what is planned does not depend on how candidates are shared out.
TEST(GridLoops, AnImagesNumbersDoNotDependOnItsNeighbours) {
  const GridShape many{13, 4, 8, 16}, one{1, 4, 8, 16};
  const auto x = Rounded<Bf16>(Numbers(13 * 16 * 8, 1));
  const std::vector<float> weight = Numbers(9 * 8 * 16, 2);
  const GridLoops loops = BestGridLoops();
  const GridWeights weights(weight.data(), {16, 8}, false, loops == GridLoops::kAvx512Bf16);
  std::vector<Bf16> all(13 * 16 * 16), alone(16 * 16);
  ConvolveGrid(x.data(), many, weights, {}, true, all.data(), loops);
  for (int64_t image = 0; image < 13; ++image) {
    ConvolveGrid(x.data() + image * 16 * 8, one, weights, {}, true, alone.data(), loops);
    for (size_t i = 0; i < alone.size(); ++i)
      ASSERT_EQ(alone[i].bits, all[image * 16 * 16 + i].bits);
  }
}

TEST(GridLoops, WindowsAreGatheredInTheOrderOfTheWeights) {
  const GridShape shape{2, 2, 1, 1};
  const std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> windows(2 * 4 * 9, -1);
  GatherGrid(x.data(), shape, windows.data());
  EXPECT_EQ(std::vector<float>(windows.begin(), windows.begin() + 9),
            (std::vector<float>{0, 0, 0, 0, 1, 2, 0, 3, 4}));
  EXPECT_EQ(std::vector<float>(windows.end() - 9, windows.end()),
            (std::vector<float>{5, 6, 0, 7, 8, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace peekaboo::worldmodel
