#include "app/run.h"

int main(int argc, char** argv) { return peekaboo::app::Run(argc, argv); }
